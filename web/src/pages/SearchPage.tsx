/** Search in all volumes, as one types; narrowed by a click, and kept under a name. */
import { Alert, Anchor, Badge, Button, Chip, Group, Modal, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBookmark, IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { at, post } from "../api/client";
import { filesAddress, useAction, useFacets, useNode, useSavedQueries, useSearch } from "../api/queries";
import type { Match, SavedQuery } from "../api/types";
import { bytes, number, parentOf, time } from "../shared/format";
import { FileIcon } from "../shared/FileIcon";
import { done } from "../shared/notes";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";

export function SearchPage() {
  const [parameters, setParameters] = useSearchParams();
  const query = parameters.get("q") ?? "";
  const setQuery = (text: string) => setParameters(text ? { q: text } : {}, { replace: true });
  const [asked] = useDebouncedValue(query, 120);
  const answer = useSearch(asked);
  const [isSaving, setSaving] = useState(false);
  const matches = asked.trim() ? answer.data?.matches : undefined;
  return (
    <View title={t.search} actions={<Button size="xs" variant="default" leftSection={<IconBookmark size={16} aria-hidden />} disabled={!asked.trim() || answer.isError} onClick={() => setSaving(true)}>{t.saveQuery}</Button>}>
      <TextInput size="md" autoFocus leftSection={<IconSearch size={18} aria-hidden />} placeholder={t.searchHint} aria-label={t.search} value={query} onChange={(e) => setQuery(e.currentTarget.value)} />
      <Facets query={asked} onChange={setQuery} isActive={(answer.data?.total ?? 0) > 0 && !answer.isError} />
      <Saved onChoose={setQuery} />
      <div aria-live="polite">
        {!asked.trim() && <Empty>{t.searchStart}</Empty>}
        {asked.trim() && answer.isError && <Alert color="yellow" style={{ whiteSpace: "pre-wrap" }}>{answer.error.message}</Alert>}
        {matches && !answer.isError && <Text size="sm" className="dim">{matches.length === 0 ? t.searchNone : t.found(answer.data?.total ?? 0)} {answer.data?.isPartial && t.partial}</Text>}
      </div>
      <Stack gap="xs">{matches?.map((match) => <MatchView key={match.volumeId + match.entry.entry} match={match} />)}</Stack>
      {isSaving && <SaveQuery query={asked} onClose={() => setSaving(false)} />}
    </View>
  );
}

function MatchView({ match: { volume, volumeId, entry, snippet, isDeleted } }: { match: Match }) {
  return (
    <Paper withBorder p="sm">
      <Group wrap="nowrap" gap="sm">
        <FileIcon kind={entry.kind} name={entry.name} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap="xs" wrap="nowrap">
            <Anchor component={Link} className="name" href={filesAddress(volumeId, entry.kind === "folder" ? entry.path : parentOf(entry.path))}>{entry.name}</Anchor>
            {isDeleted && <Badge size="xs" color="#5c636a">{t.wasDeleted}</Badge>}
          </Group>
          <Text size="xs" className="dim name">{volume}:{entry.path}{entry.kind === "file" ? ` · ${bytes(entry.size)} · ${time(entry.modified)}` : ""}</Text>
          {snippet && <Text size="sm" lineClamp={2}>{snippet}</Text>}
        </div>
      </Group>
    </Paper>
  );
}

/** Conditions that a click adds to the query, and takes out again. A kind of file says how many matches would stay. */
function Facets({ query, onChange, isActive }: { query: string; onChange: (query: string) => void; isActive: boolean }) {
  const kinds = Object.keys(t.facetKinds).map((kind) => `type:${kind}`);
  const others = Object.keys(t.facets);
  const counts = useFacets(query, kinds, isActive);
  const words = query.split(/\s+/).filter(Boolean);
  const has = (condition: string) => ` ${query} `.includes(` ${condition} `);
  // A condition is for the whole query, as the counts are.
  const whole = words.some((word) => word.toLowerCase() === "or") && !/^\(.*\)$/.test(query.trim()) ? `(${words.join(" ")})` : words.join(" ");
  const toggle = (condition: string) => onChange(has(condition) ? ` ${query} `.replace(` ${condition} `, " ").trim() : `${whole} ${condition}`.trim());
  return (
    <Group gap={6} role="group" aria-label={t.narrow}>
      {kinds.map((condition, index) => {
        const count = counts[index];
        return count !== 0 || has(condition) ? <Chip key={condition} size="xs" checked={has(condition)} onChange={() => toggle(condition)}>{t.facetKinds[condition.slice(5)]}{count !== undefined && !has(condition) ? ` ${number(count)}` : ""}</Chip> : null;
      })}
      {others.map((condition) => <Chip key={condition} size="xs" variant="outline" checked={has(condition)} onChange={() => toggle(condition)}>{t.facets[condition]}</Chip>)}
    </Group>
  );
}

function Saved({ onChoose }: { onChoose: (query: string) => void }) {
  const saved = useSavedQueries().data ?? [];
  if (saved.length === 0) return null;
  const plain = (query: SavedQuery) => query.path.split("/").pop()!.replace(/\.query$/, "");
  const name = (query: SavedQuery) => (saved.some((other) => other !== query && plain(other) === plain(query)) ? `${plain(query)} (${query.volume})` : plain(query));
  return (
    <Group gap={6}>
      <Text size="sm" className="dim">{t.savedQueries}:</Text>
      {saved.map((query) => <Button key={query.volumeId + query.path} size="compact-xs" variant="light" title={query.problem ?? query.query ?? ""} disabled={query.query === null} onClick={() => onChoose(query.query ?? "")}>{name(query)}</Button>)}
    </Group>
  );
}

function SaveQuery({ query, onClose }: { query: string; onClose: () => void }) {
  const volumes = useNode().data?.volumes.filter((volume) => volume.role !== "reader") ?? [];
  const [volume, setVolume] = useState(volumes[0]?.id ?? "");
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const save = useAction(
    () => post<SavedQuery>(at("volumes", volume, "queries"), { name: name.trim(), query }),
    (saved) => {
      void queries.invalidateQueries({ queryKey: ["node", "queries"] });
      done(t.savedAs(`${saved.volume}:${saved.path}`));
      onClose();
    },
  );
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={t.saveQuery} closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" className="dim">{t.saveQueryAbout}</Text>
          <TextInput label={t.name} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Select label={t.volume} allowDeselect={false} value={volume} onChange={(to) => setVolume(to ?? volume)} data={volumes.map((known) => ({ value: known.id, label: known.name }))} />
          <Group justify="flex-end"><Button variant="default" onClick={onClose}>{t.cancel}</Button><Button type="submit" loading={save.isPending} disabled={!name.trim() || !volume}>{t.save}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
