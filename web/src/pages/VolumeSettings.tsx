/** What one volume keeps on this device: contents, copies elsewhere, old versions, and the directories that show it. */
import { Alert, Button, Code, Group, Modal, NumberInput, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { at, post, remove } from "../api/client";
import { useAction, useRefresh } from "../api/queries";
import type { Thin, Volume } from "../api/types";
import { bytes, number } from "../shared/format";
import { done } from "../shared/notes";
import { t } from "../texts/en";

export function VolumeSettings({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t.settingsOf(volume.name)} size="xl" closeButtonProps={{ "aria-label": t.close }}>
      <Stack gap="lg">
        <Contents volume={volume} />
        {volume.role === "owner" && <Copies volume={volume} />}
        <Retention volume={volume} />
        <Directories volume={volume} />
      </Stack>
    </Modal>
  );
}

function Contents({ volume }: { volume: Volume }) {
  const refresh = useRefresh();
  const [kind, quota = ""] = volume.policy.split(":");
  const [chosen, choose] = useState(kind!);
  const [size, setSize] = useState(quota || "10GB");
  const policy = chosen === "cache" ? `cache:${size.trim()}` : chosen;
  const set = useAction(() => post(at("volumes", volume.id, "replica"), { policy, readWaitSeconds: null }), refresh);
  return (
    <Group align="flex-end">
      <Select label={t.policy} w={280} allowDeselect={false} value={chosen} onChange={(to) => to && choose(to)} data={["full", "metadata", "cache"].map((value) => ({ value, label: t.policies[value] ?? value }))} />
      {chosen === "cache" && <TextInput label={t.cacheSize} w={140} placeholder="10GB" value={size} onChange={(e) => setSize(e.currentTarget.value)} />}
      <Button loading={set.isPending} disabled={policy === volume.policy} onClick={() => set.mutate(undefined)}>{t.apply}</Button>
    </Group>
  );
}

function Copies({ volume }: { volume: Volume }) {
  const refresh = useRefresh();
  const [copies, setCopies] = useState<number | string>(volume.copies?.wanted ?? 0);
  const set = useAction(() => post(at("volumes", volume.id, "copies"), { copies: Number(copies) || null }), refresh);
  return (
    <Stack gap={4}>
      <Group align="flex-end">
        <NumberInput label={t.copiesWanted} description={t.copiesAbout} min={0} max={100} w={280} value={copies} onChange={setCopies} />
        <Button loading={set.isPending} disabled={(Number(copies) || 0) === (volume.copies?.wanted ?? 0)} onClick={() => set.mutate(undefined)}>{t.apply}</Button>
      </Group>
      {volume.copies && volume.copies.fewContents > 0 && <Text size="sm">{t.fewCopies(volume.copies.fewContents)}</Text>}
    </Stack>
  );
}

/** Rules as most people want them; another is written in the words of the command line. */
const usual = ["keep-all", "all 30d daily 30 weekly 26 monthly 24 yearly all hold 30d", "all 7d daily 14 weekly 8 monthly 12 hold 30d", "versions 10 hold 30d", "versions 1 hold 7d"];

function Retention({ volume }: { volume: Volume }) {
  const refresh = useRefresh();
  const [rule, setRule] = useState(volume.retention);
  const set = useAction(
    () => post(at("volumes", volume.id, "retention"), { rule }),
    () => {
      refresh();
      look.reset();
    },
  );
  const look = useAction(() => post<Thin>(at("volumes", volume.id, "thin"), { path: null, dryRun: true }));
  const thin = useAction(
    () => post<Thin>(at("volumes", volume.id, "thin"), { path: null, dryRun: false }),
    (result) => {
      done(t.thinned(result.versions, bytes(result.freedBytes)));
      look.reset();
      refresh();
    },
  );
  const collect = useAction(
    () => post<{ bytes: number }>(at("volumes", volume.id, "collect")),
    (result) => {
      done(t.freed(bytes(result.bytes)));
      refresh();
    },
  );
  const submit = (e: FormEvent) => {
    e.preventDefault();
    set.mutate(undefined);
  };
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">{t.retention}</Title>
      <Text size="sm" className="dim">{t.retentionAbout}</Text>
      <form onSubmit={submit}>
        <Group align="flex-end">
          <Select label={t.retentionUsual} w={320} value={usual.includes(rule) ? rule : null} placeholder={t.retentionOwn} onChange={(to) => to && setRule(to)} data={usual.map((value, index) => ({ value, label: t.retentions[index] ?? value }))} />
          <TextInput label={t.retentionRule} style={{ flex: 1, minWidth: 200 }} value={rule} onChange={(e) => setRule(e.currentTarget.value)} />
          <Button type="submit" loading={set.isPending} disabled={rule === volume.retention || !rule.trim()}>{t.apply}</Button>
        </Group>
      </form>
      <Group>
        <Button size="xs" variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>{t.thinLook}</Button>
        <Button size="xs" variant="default" loading={collect.isPending} onClick={() => collect.mutate(undefined)}>{t.collect}</Button>
      </Group>
      {look.data && (
        <Alert color="blue" title={look.data.versions === 0 ? t.thinNothing : t.thinWould(look.data.versions, bytes(look.data.bytes))}>
          {look.data.versions > 0 && (
            <Stack gap="xs">
              <Table fz="sm"><Table.Tbody>{look.data.documents.slice(0, 8).map((document) => <Table.Tr key={document.path}><Table.Td style={{ overflowWrap: "anywhere" }}>{document.path}</Table.Td><Table.Td ta="end">{number(document.versions)}</Table.Td><Table.Td ta="end">{bytes(document.bytes)}</Table.Td></Table.Tr>)}</Table.Tbody></Table>
              <div><Button size="xs" color="#b02525" loading={thin.isPending} onClick={() => thin.mutate(undefined)}>{t.thinNow}</Button></div>
            </Stack>
          )}
        </Alert>
      )}
    </Stack>
  );
}

function Directories({ volume }: { volume: Volume }) {
  const refresh = useRefresh();
  const [directory, setDirectory] = useState("");
  const link = useAction(
    () => post("links", { volume: volume.id, folder: "/", directory: directory.trim(), space: "keep", ignore: [], force: false }),
    () => {
      setDirectory("");
      refresh();
    },
  );
  const unlink = useAction((id: string) => remove("links", { link: id }), refresh);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    link.mutate(undefined);
  };
  return (
    <Stack gap="xs">
      <Title order={3} size="h6">{t.linkedDirectories}</Title>
      {volume.links.map((known) => (
        <Group key={known.id} justify="space-between" wrap="nowrap">
          <div style={{ minWidth: 0 }}><Code style={{ overflowWrap: "anywhere" }}>{known.directory}</Code>{known.problem && <Text size="xs" c="red">{known.problem}</Text>}</div>
          <Button size="compact-xs" variant="default" onClick={() => unlink.mutate(known.id)}>{t.unlink}</Button>
        </Group>
      ))}
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput label={t.directory} description={t.directoryLink} style={{ flex: 1, minWidth: 220 }} placeholder="/home/ada/Documents" value={directory} onChange={(e) => setDirectory(e.currentTarget.value)} />
          <Button type="submit" disabled={!directory.trim()} loading={link.isPending}>{t.doLink}</Button>
        </Group>
      </form>
    </Stack>
  );
}
