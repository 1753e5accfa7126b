/** All that two devices changed at once, until somebody chooses. */
import { Button, Group, Loader, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { at, get, post } from "../api/client";
import { useAction, useConflicts, useNode } from "../api/queries";
import type { Conflict, Revision, ThreeWay } from "../api/types";
import { Preview } from "../files/Preview";
import { bytes, time } from "../shared/format";
import { done } from "../shared/notes";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";
import { DiffText } from "../versions/DiffView";

export function ConflictsPage() {
  const conflicts = useConflicts();
  return (
    <View title={t.conflicts}>
      {conflicts.isPending && <Loader aria-label={t.loading} />}
      {conflicts.data?.length === 0 && <Empty>{t.noConflicts}</Empty>}
      {conflicts.data?.map((conflict) => <ConflictView key={conflict.volume + conflict.document} conflict={conflict} />)}
    </View>
  );
}

function ConflictView({ conflict }: { conflict: Conflict }) {
  const node = useNode();
  const volume = node.data?.volumes.find((known) => known.name === conflict.volume)?.id ?? conflict.volume;
  const [isOpen, setOpen] = useState(false);
  const queries = useQueryClient();
  const heads = conflict.heads.map((head) => head.revision);
  const settle = useAction((choice: { revision: string; keepsBoth: boolean }) => post(at("volumes", volume, "resolve"), { path: conflict.path, heads, ...choice }), () => {
    done(t.settled);
    void queries.invalidateQueries();
  });
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <div style={{ minWidth: 0 }}>
            <Title order={2} size="h5" className="name">{conflict.path}</Title>
            <Text size="sm" className="dim">{conflict.volume}</Text>
          </div>
          <Group gap="xs">
            <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t.sideBySide}</Button>
            <Button size="xs" variant="default" loading={settle.isPending} onClick={() => settle.mutate({ revision: "", keepsBoth: true })}>{t.keepBoth}</Button>
          </Group>
        </Group>
        <SimpleGrid cols={{ base: 1, md: Math.min(3, conflict.heads.length) }}>
          {conflict.heads.map((head) => (
            <Head key={head.revision} volume={volume} path={conflict.path} head={head} onChoose={() => settle.mutate({ revision: head.revision, keepsBoth: false })} />
          ))}
        </SimpleGrid>
        {isOpen && <Both volume={volume} path={conflict.path} heads={heads.join()} />}
      </Stack>
    </Paper>
  );
}

function Head({ volume, path, head, onChoose }: { volume: string; path: string; head: Revision; onChoose: () => void }) {
  return (
    <Paper withBorder p="sm" style={{ minWidth: 0 }}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" className="name" fw={600}>{t.byOn(head.creator || head.author, head.author)}</Text>
          <Button size="compact-sm" onClick={onChoose}>{t.choose}</Button>
        </Group>
        <Text size="xs" className="dim">{time(head.time)} · {bytes(head.size)}</Text>
        <div style={{ maxHeight: 260, overflow: "auto" }} tabIndex={0} role="group" aria-label={t.preview}><Preview volume={volume} path={path} revision={head.revision} size={head.size} /></div>
      </Stack>
    </Paper>
  );
}

function Both({ volume, path, heads }: { volume: string; path: string; heads: string }) {
  const both = useQuery({ queryKey: ["volume", volume, "conflict", path, heads], queryFn: () => get<ThreeWay>(at("volumes", volume, "conflict"), { path }) });
  if (both.isPending) return <Loader size="sm" aria-label={t.loading} />;
  if (both.isError) return <Text c="red">{both.error.message}</Text>;
  return (
    <Stack gap="xs">
      {both.data.base && <Text size="sm" className="dim">{t.commonBase}: {time(both.data.base.time)}, {bytes(both.data.base.size)}</Text>}
      {both.data.text ? <DiffText text={both.data.text} /> : <Text size="sm">{t.noText}</Text>}
    </Stack>
  );
}
