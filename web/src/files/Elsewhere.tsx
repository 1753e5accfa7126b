/** Where else a document is: in further folders, in other volumes, in what links to it; and how to name it from anywhere. */
import { Anchor, Button, Checkbox, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { at, post } from "../api/client";
import { filesAddress, useAction, useBacklinks, useDocument, useNode, useRefresh, useWhere } from "../api/queries";
import type { Entry } from "../api/types";
import { parentOf } from "../shared/format";
import { done, failed } from "../shared/notes";
import { t } from "../texts/en";

export function Elsewhere({ volume, entry, isPast }: { volume: string; entry: Entry; isPast: boolean }) {
  const [isReplicating, setReplicating] = useState(false);
  const where = useWhere(volume, entry.path);
  const document = useDocument(volume, entry.path);
  const links = useBacklinks(volume, entry.path, (document.data?.backlinks ?? 0) > 0);
  const volumes = useNode().data?.volumes ?? [];
  const here = volumes.find((known) => known.id === volume)?.name ?? "";
  const places = [
    ...(document.data?.places ?? []).filter((path) => path !== entry.path).map((path) => ({ volume, name: here, path })),
    ...(where.data?.volumes ?? []).map((place) => ({ volume: place.volumeId, name: place.volume, path: place.path })),
  ];
  return (
    <Stack gap="xs">
      <Places title={t.alsoIn} places={places} />
      <Places title={t.linkedFrom} places={(links.data?.links ?? []).map((link) => ({ volume: link.volumeId, name: link.volume, path: link.path }))} />
      <Group gap="xs">
        {document.data && <CopyButton value={document.data.address}>{({ copied, copy }) => <Button size="compact-sm" variant="default" title={t.addressHint} onClick={copy}>{copied ? t.copied : t.copyAddress}</Button>}</CopyButton>}
        {!isPast && volumes.some((other) => other.id !== volume && other.role !== "reader") && <Button size="compact-sm" variant="default" onClick={() => setReplicating(true)}>{t.replicate}</Button>}
      </Group>
      {isReplicating && <Replicate volume={volume} entry={entry} onClose={() => setReplicating(false)} />}
    </Stack>
  );
}

function Places({ title, places }: { title: string; places: { volume: string; name: string; path: string }[] }) {
  if (places.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={500}>{title}</Text>
      {places.map((place) => (
        <Text size="sm" key={place.volume + place.path} style={{ overflowWrap: "anywhere" }}>
          <Anchor component={Link} href={filesAddress(place.volume, parentOf(place.path))}>{place.name}:{place.path}</Anchor>
        </Text>
      ))}
    </div>
  );
}

/** Puts it into another volume as the same document, once or from now on. */
function Replicate({ volume, entry, onClose }: { volume: string; entry: Entry; onClose: () => void }) {
  const others = (useNode().data?.volumes ?? []).filter((other) => other.id !== volume && other.role !== "reader");
  const queries = useQueryClient();
  const refresh = useRefresh();
  const [target, setTarget] = useState(others[0]?.id ?? "");
  const [path, setPath] = useState("/");
  const [inStep, setInStep] = useState(false);
  const replicate = useAction(() => post<{ volume: string; path: string; problems: { path: string; message: string }[] }>(at("volumes", volume, "replicate"), { path: entry.path, toVolume: target, toPath: path, inStep }), (made) => {
    done(t.replicated(`${made.volume}:${made.path}`));
    for (const problem of made.problems) failed(`${problem.path}: ${problem.message}`);
    void queries.invalidateQueries({ queryKey: ["volume", volume] });
    refresh();
    onClose();
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    replicate.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={t.replicate} closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t.replicateText}</Text>
          <Select label={t.target} data={others.map((other) => ({ value: other.id, label: other.name }))} allowDeselect={false} value={target} onChange={(to) => to && setTarget(to)} />
          <TextInput label={t.folder} value={path} onChange={(e) => setPath(e.currentTarget.value)} />
          <Checkbox label={t.keepInStep} checked={inStep} onChange={(e) => setInStep(e.currentTarget.checked)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t.cancel}</Button>
            <Button type="submit" loading={replicate.isPending} disabled={!target}>{t.replicateNow}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
