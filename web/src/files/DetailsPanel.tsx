/** What is known of a file beside its bytes, to be changed in place, and where it lies. */
import { ActionIcon, Badge, Button, Group, Rating, Stack, Table, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { at, patch, post, remove } from "../api/client";
import { useAction, useFields, useWhere } from "../api/queries";
import type { Entry, Field } from "../api/types";
import { bytes, time } from "../shared/format";
import { done } from "../shared/notes";
import { t } from "../texts/en";
import { Elsewhere } from "./Elsewhere";

const own = ["tags", "rating", "comment", "title"];

export function DetailsPanel({ volume, entry, canWrite, isPast }: { volume: string; entry: Entry; canWrite: boolean; isPast: boolean }) {
  const fields = useFields(volume, entry.path);
  return (
    <Stack gap="md">
      <Text size="sm" className="dim" style={{ overflowWrap: "anywhere" }}>
        {entry.path}<br />{entry.kind === "file" ? `${bytes(entry.size)} · ${time(entry.modified)}` : t.kind + ": " + entry.kind}
      </Text>
      {fields.data && <Annotations key={entry.document} volume={volume} path={entry.path} fields={fields.data.fields} canWrite={canWrite} />}
      <Placement volume={volume} entry={entry} />
      <Elsewhere key={entry.path} volume={volume} entry={entry} isPast={isPast} />
    </Stack>
  );
}

function Annotations({ volume, path, fields, canWrite }: { volume: string; path: string; fields: Field[]; canWrite: boolean }) {
  const value = (name: string) => fields.find((field) => field.name === name)?.text ?? "";
  const queries = useQueryClient();
  const change = useAction((edit: { set?: { name: string; value: string }[]; add?: { name: string; value: string }[]; remove?: { name: string; value: string }[]; unset?: string[] }) =>
    patch(at("volumes", volume, "annotations"), { paths: [path], ...edit }), () => void queries.invalidateQueries({ queryKey: ["volume", volume] }));
  const write = (name: string, text: string) => text !== value(name) && change.mutate(text ? { set: [{ name, value: text }] } : { unset: [name] });
  const tags = value("tags").split(",").map((tag) => tag.trim()).filter(Boolean);
  const retag = (next: string[]) => {
    const added = next.filter((tag) => !tags.includes(tag)), gone = tags.filter((tag) => !next.includes(tag));
    change.mutate({ add: added.map((tag) => ({ name: "tags", value: tag })), remove: gone.map((tag) => ({ name: "tags", value: tag })) });
  };
  const found = fields.filter((field) => field.source === "content");
  const others = fields.filter((field) => field.source !== "content" && !own.includes(field.name));
  return (
    <Stack gap="xs">
      <TagsInput label={t.tags} placeholder={canWrite ? t.tagsHint : ""} value={tags} onChange={retag} disabled={!canWrite} clearable={false} splitChars={[","]} />
      <div>
        <Text size="sm" fw={500} id="rating">{t.rating}</Text>
        <Rating aria-labelledby="rating" value={Number(value("rating")) || 0} readOnly={!canWrite} onChange={(stars) => change.mutate(String(stars) === value("rating") ? { unset: ["rating"] } : { set: [{ name: "rating", value: String(stars) }] })} />
      </div>
      <TextInput key={`title ${value("title")}`} label={t.title} defaultValue={value("title")} disabled={!canWrite} onBlur={(e) => write("title", e.currentTarget.value)} />
      <Textarea key={`comment ${value("comment")}`} label={t.comment} defaultValue={value("comment")} autosize minRows={2} disabled={!canWrite} onBlur={(e) => write("comment", e.currentTarget.value)} />
      {(others.length > 0 || canWrite) && (
        <Stack gap={4}>
          <Text size="sm" fw={500}>{t.ownFields}</Text>
          {others.map((field) => (
            <Group key={field.name} gap={4} wrap="nowrap" align="flex-end">
              <TextInput key={field.text} size="xs" label={field.name} defaultValue={field.text} disabled={!canWrite} style={{ flex: 1 }} onBlur={(e) => e.currentTarget.value !== field.text && change.mutate(e.currentTarget.value ? { set: [{ name: field.name, value: e.currentTarget.value }] } : { unset: [field.name] })} />
              {canWrite && <ActionIcon variant="default" aria-label={t.removeField(field.name)} title={t.removeField(field.name)} onClick={() => change.mutate({ unset: [field.name] })}><IconX size={14} /></ActionIcon>}
            </Group>
          ))}
          {canWrite && <NewField onAdd={(name, text) => change.mutate({ set: [{ name, value: text }] })} />}
        </Stack>
      )}
      {found.length > 0 && (
        <>
          <Text size="sm" fw={500}>{t.otherFields}</Text>
          <Table fz="sm" layout="fixed"><Table.Tbody>
            {found.map((field) => <Table.Tr key={field.name}><Table.Th>{field.name}</Table.Th><Table.Td style={{ overflowWrap: "anywhere" }}>{field.text}</Table.Td></Table.Tr>)}
          </Table.Tbody></Table>
        </>
      )}
    </Stack>
  );
}

function NewField({ onAdd }: { onAdd: (name: string, value: string) => void }) {
  const [[name, value], set] = useState<[string, string]>(["", ""]);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onAdd(name.trim(), value);
    set(["", ""]);
  };
  return (
    <form onSubmit={submit}>
      <Group gap={4} wrap="nowrap" align="flex-end">
        <TextInput size="xs" label={t.fieldName} value={name} onChange={(e) => set([e.currentTarget.value, value])} />
        <TextInput size="xs" label={t.value} value={value} style={{ flex: 1 }} onChange={(e) => set([name, e.currentTarget.value])} />
        <Button type="submit" size="xs" variant="default" disabled={!name.trim() || !value}>{t.addField}</Button>
      </Group>
    </form>
  );
}

/** Which devices hold it, and whether it stays on this one. */
function Placement({ volume, entry }: { volume: string; entry: Entry }) {
  const where = useWhere(volume, entry.path);
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: ["volume", volume] });
  const pin = useAction((isPinned: boolean) => (isPinned ? remove(at("volumes", volume, "pins"), { path: entry.path }) : post(at("volumes", volume, "pins"), { path: entry.path, entry: null })), refresh);
  const free = useAction(() => post<{ freedContents: number; freedBytes: number }>(at("volumes", volume, "free"), { path: entry.path, entry: null }), (result) => {
    done(result.freedContents > 0 ? t.freed(bytes(result.freedBytes)) : t.tooFew);
    refresh();
  });
  if (!where.data) return null;
  const { files, hereFiles, devices, isPinned } = where.data;
  const holds = (n: number) => (n === 0 ? t.holdsNot : n < files ? t.holdsPart(n, files) : t.holds);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>{t.whereTitle}</Text>
      <Table fz="sm"><Table.Tbody>
        <Table.Tr><Table.Td>{t.thisDevice}</Table.Td><Table.Td>{holds(hereFiles)} {isPinned && <Badge size="xs">{t.pinned}</Badge>}</Table.Td></Table.Tr>
        {devices.map((device) => (
          <Table.Tr key={device.device}><Table.Td className="name">{device.name}</Table.Td><Table.Td>{device.answered ? holds(device.files) : `${device.isOnline ? t.online : t.offline}: ${t.silent}`}</Table.Td></Table.Tr>
        ))}
      </Table.Tbody></Table>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" loading={pin.isPending} onClick={() => pin.mutate(isPinned)}>{isPinned ? t.unpin : t.pin}</Button>
        {hereFiles > 0 && <Button size="compact-sm" variant="default" loading={free.isPending} onClick={() => free.mutate(undefined)}>{t.free}</Button>}
        {entry.kind === "folder" && <Text size="xs" className="dim">{t.manyFiles(files)}</Text>}
      </Group>
    </Stack>
  );
}
