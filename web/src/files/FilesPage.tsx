/** The files of a volume: a folder's list with what can be done, and the details of what is chosen. */
import { ActionIcon, Alert, Anchor, Breadcrumbs, Button, Drawer, Group, Loader, Menu, Modal, Progress, SegmentedControl, Select, Stack, Tabs, Text, TextInput } from "@mantine/core";
import { TimeSlider } from "./TimeSlider";
import { useMediaQuery } from "@mantine/hooks";
import { IconChevronDown, IconClock, IconFolderPlus, IconUpload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type FormEvent, useRef, useState } from "react";
import { at, post, remove } from "../api/client";
import { useAction, useFolder, useNode, useVolume } from "../api/queries";
import type { Entry } from "../api/types";
import { joined, parentOf, time } from "../shared/format";
import { done } from "../shared/notes";
import { Empty } from "../shared/View";
import { t } from "../texts/en";
import { VersionsPanel } from "../versions/VersionsPanel";
import { ColumnMenu } from "./ColumnMenu";
import { type Order, useColumns } from "./columns";
import { DetailsPanel } from "./DetailsPanel";
import { EntryGrid } from "./EntryGrid";
import { EntryList } from "./EntryList";
import { contentAddress, Preview } from "./Preview";
import { fromDrop, fromField, useUploads } from "./uploads";
import { useChoice } from "./useChoice";
import { useFolderEntries } from "./useFolderEntries";

export function FilesPage({ id }: { id: string }) {
  const volume = useVolume(id);
  const { path } = useFolder();
  if (volume === null) return <Loader m="md" aria-label={t.loading} />;
  if (volume === undefined) return <Empty>{t.nothingHere}</Empty>;
  return <Folder key={path} id={id} name={volume.name} role={volume.role} path={path} />;
}

function Folder({ id, name, role, path }: { id: string; name: string; role: string; path: string }) {
  const node = useNode();
  const { go } = useFolder();
  const queries = useQueryClient();
  const [moment, setMoment] = useState("");
  const [isTravelling, setTravelling] = useState(false);
  const [order, setOrder] = useState<Order>({ by: "name", isDown: false });
  const [filter, setFilter] = useState("");
  const [look, setLook] = useState<"list" | "grid">("list");
  const [naming, setNaming] = useState<{ kind: "folder" | "rename" | "move"; value: string } | null>(null);
  const [opened, setOpened] = useState<{ entry: Entry; tab: string } | null>(null);
  const [isOver, setOver] = useState(false);
  const columns = useColumns();
  const { lines, error, isEmpty, see } = useFolderEntries(id, path, moment, order, columns.columns, columns.fields, filter);
  const choice = useChoice(lines.count, (index) => lines.at(index)?.entry);
  // Of a long folder only some entries are here at a time: what was chosen is remembered.
  const picked = useRef(new Map<string, Entry>());
  for (const entry of lines.known) if (choice.chosen.has(entry.entry)) picked.current.set(entry.entry, entry);
  const chosen = lines.isLong ? [...choice.chosen].flatMap((key) => picked.current.get(key) ?? []) : lines.known.filter((entry) => choice.chosen.has(entry.entry));
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const uploads = useUploads(id);
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  const isWide = useMediaQuery("(min-width: 1000px)");
  const canWrite = role !== "reader" && !moment;
  const refresh = () => queries.invalidateQueries({ queryKey: ["volume", id] });

  const undelete = useAction(async (gone: Entry[]) => {
    for (const entry of gone) await post(at("volumes", id, "undelete"), { path: null, entry: entry.entry });
    await refresh();
  }, (_, gone) => done(t.restored(gone.length === 1 ? gone[0]!.name : t.items(gone.length))));
  const destroy = useAction(async (gone: Entry[]) => {
    for (const entry of gone) await remove(at("volumes", id, "entries"), { path: entry.path });
    setOpened(null);
    await refresh();
  }, (_, gone) => done(t.deleted(gone.length), () => undelete.mutate(gone)));
  const applyName = useAction(async (to: { kind: "folder" | "rename" | "move"; value: string }) => {
    if (to.kind === "folder") await post(at("volumes", id, "folders"), { path: joined(path, to.value), entry: null });
    else if (only) await post(at("volumes", id, "move"), { path: only.path, toPath: to.kind === "move" ? to.value : joined(parentOf(only.path), to.value) });
    setNaming(null);
    await refresh();
  }, (_, to) => done(to.kind === "folder" ? t.created(to.value) : t.renamed(to.value)));
  const goBack = useAction((when: string) => post<{ entries?: unknown[] }>(at("volumes", id, "restore"), { path, revision: null, at: when }), async () => {
    setMoment("");
    setTravelling(false);
    await refresh();
    done(t.restored(path));
  });

  const open = (entry: Entry) => (entry.kind === "folder" ? go(id, entry.path) : setOpened({ entry, tab: "preview" }));
  const drop = async (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    if (canWrite) await uploads.start(path, await fromDrop(e.dataTransfer.items));
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (naming?.value.trim()) applyName.mutate({ ...naming, value: naming.value.trim() });
  };
  const parts = path.split("/").filter(Boolean);
  const current = opened && (lines.known.find((entry) => entry.entry === opened.entry.entry) ?? opened.entry);
  const side = opened && current && (
    <Tabs value={opened.tab} onChange={(tab) => setOpened({ entry: opened.entry, tab: tab ?? "preview" })} style={{ display: "flex", flexDirection: "column", height: "100%", minHeight: 0 }} keepMounted={false}>
      <Tabs.List>
        {current.kind !== "folder" && <Tabs.Tab value="preview">{t.preview}</Tabs.Tab>}
        <Tabs.Tab value="versions">{t.versions}</Tabs.Tab>
        <Tabs.Tab value="details">{t.details}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="preview" pt="sm" style={{ flex: 1, minHeight: 0, overflow: "auto" }}>
        <Preview volume={id} path={current.path} size={current.size} moment={moment} {...(moment ? {} : { revision: current.revision })} />
      </Tabs.Panel>
      <Tabs.Panel value="versions" pt="sm" style={{ flex: 1, minHeight: 0 }}><VersionsPanel volume={id} entry={current} canWrite={canWrite} /></Tabs.Panel>
      <Tabs.Panel value="details" pt="sm" style={{ flex: 1, minHeight: 0, overflow: "auto" }}><DetailsPanel volume={id} entry={current} canWrite={canWrite} isPast={moment !== ""} /></Tabs.Panel>
    </Tabs>
  );

  return (
    <Stack gap={0} h="100%" pos="relative" onDragOver={(e) => { e.preventDefault(); setOver(canWrite); }} onDragLeave={(e) => e.currentTarget === e.target && setOver(false)} onDrop={(e) => void drop(e)}>
      {isOver && <div className="drop"><Text fw={600}>{t.dropHere}</Text></div>}
      <Group p="xs" gap="xs" justify="space-between">
        <Group gap="xs" miw={0}>
          {(node.data?.volumes.length ?? 0) > 1 && (
            <Select size="xs" w={160} aria-label={t.volumes} allowDeselect={false} value={id} data={node.data?.volumes.map((volume) => ({ value: volume.id, label: volume.name })) ?? []} onChange={(to) => to && go(to, "/")} />
          )}
          <Breadcrumbs separatorMargin={4} style={{ flexWrap: "wrap" }}>
            <Anchor component="button" fw={parts.length === 0 ? 700 : 400} onClick={() => go(id, "/")}>{name}</Anchor>
            {parts.map((part, i) => (
              <Anchor component="button" className="name" maw={220} key={i} fw={i === parts.length - 1 ? 700 : 400} onClick={() => go(id, `/${parts.slice(0, i + 1).join("/")}`)}>{part}</Anchor>
            ))}
          </Breadcrumbs>
        </Group>
        <Group gap="xs">
          <TextInput size="xs" w={150} disabled={lines.isLong} placeholder={t.filter} aria-label={t.filter} value={filter} onChange={(e) => setFilter(e.currentTarget.value)} />
          <SegmentedControl size="xs" aria-label={t.kind} value={look} onChange={(to) => setLook(to as "list" | "grid")} data={[{ value: "list", label: t.list }, { value: "grid", label: t.grid }]} />
          {look === "list" && <ColumnMenu volume={id} shown={columns} />}
          <ActionIcon variant={isTravelling ? "filled" : "default"} aria-pressed={isTravelling} aria-label={t.moment} title={t.moment} onClick={() => { setTravelling(!isTravelling); setMoment(""); }}><IconClock size={18} /></ActionIcon>
          {canWrite && (
            <>
              <Button size="xs" variant="default" leftSection={<IconFolderPlus size={16} />} onClick={() => setNaming({ kind: "folder", value: "" })}>{t.newFolder}</Button>
              <Menu>
                <Menu.Target><Button size="xs" leftSection={<IconUpload size={16} />} rightSection={<IconChevronDown size={14} />}>{t.upload}</Button></Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => files.current?.click()}>{t.upload}</Menu.Item>
                  <Menu.Item onClick={() => folders.current?.click()}>{t.uploadFolder}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
              <input ref={files} type="file" multiple hidden data-testid="upload" aria-label={t.upload} onChange={(e) => { void uploads.start(path, fromField(e.currentTarget.files!)); e.currentTarget.value = ""; }} />
              <input ref={(field) => { folders.current = field; field?.setAttribute("webkitdirectory", ""); }} type="file" hidden aria-label={t.uploadFolder} onChange={(e) => { void uploads.start(path, fromField(e.currentTarget.files!)); e.currentTarget.value = ""; }} />
            </>
          )}
        </Group>
      </Group>
      {isTravelling && <TimeSlider volume={id} value={moment} onChange={setMoment} />}
      {moment && (
        <Alert color="yellow" radius={0} p="xs">
          <Group justify="space-between">
            <Text size="sm">{t.past(time(moment))}</Text>
            {role !== "reader" && <Button size="compact-sm" loading={goBack.isPending} onClick={() => goBack.mutate(moment)}>{t.restoreThen}</Button>}
          </Group>
        </Alert>
      )}
      {uploads.progress && (
        <Group px="sm" pb="xs" gap="xs">
          <Progress value={uploads.progress.percent} style={{ flex: 1 }} aria-label={t.uploading(uploads.progress.at, uploads.progress.of)} />
          <Text size="xs">{t.uploading(uploads.progress.at, uploads.progress.of)}</Text>
        </Group>
      )}
      <Group gap="xs" px="sm" pb="xs" mih={34}>
        {chosen.length > 0 ? (
          <>
            <Text size="sm">{t.selected(chosen.length)}</Text>
            {only && <Button size="compact-sm" variant="default" onClick={() => setOpened({ entry: only, tab: only.kind === "folder" ? "details" : "preview" })}>{t.details}</Button>}
            {only && only.kind !== "folder" && <Button size="compact-sm" variant="default" onClick={() => setOpened({ entry: only, tab: "versions" })}>{t.versions}</Button>}
            {only?.kind === "file" && <Button size="compact-sm" variant="default" component="a" href={contentAddress(id, only.path, { at: moment })} download>{t.download}</Button>}
            {only && canWrite && <Button size="compact-sm" variant="default" onClick={() => setNaming({ kind: "rename", value: only.name })}>{t.rename}</Button>}
            {only && canWrite && <Button size="compact-sm" variant="default" onClick={() => setNaming({ kind: "move", value: only.path })}>{t.move}</Button>}
            {canWrite && <Button size="compact-sm" color="#b02525" variant="outline" loading={destroy.isPending} onClick={() => destroy.mutate(chosen)}>{t.delete}</Button>}
          </>
        ) : (
          <Text size="sm" className="dim">{t.items(lines.count)}{lines.isLong && ` · ${t.longFolder}`}</Text>
        )}
      </Group>
      <Group gap={0} align="stretch" wrap="nowrap" style={{ flex: 1, minHeight: 0 }}>
        <div style={{ flex: 1, minWidth: 0, display: "flex", flexDirection: "column" }}>
          {error ? <Alert color="red" m="sm">{error.message}</Alert>
            : isEmpty ? <Stack align="center" py="xl" gap={4}><Text>{t.emptyFolder}</Text>{canWrite && <Text size="sm" className="dim">{t.emptyFolderHow}</Text>}</Stack>
            : look === "list" || lines.isLong ? <EntryList lines={lines} onSee={see} columns={columns.columns} order={order} onOrder={setOrder} choice={choice} onOpen={open} onDelete={() => canWrite && chosen.length > 0 && destroy.mutate(chosen)} onUp={() => path !== "/" && go(id, parentOf(path))} />
            : <EntryGrid volume={id} entries={lines.known} choice={choice} onOpen={open} moment={moment} />}
        </div>
        {isWide && side && <div style={{ width: 420, borderInlineStart: "1px solid var(--mantine-color-default-border)", padding: 12, minHeight: 0, display: "flex", flexDirection: "column" }}>
          <Group justify="space-between" wrap="nowrap"><Text fw={600} className="name">{current?.name}</Text><Button size="compact-xs" variant="subtle" onClick={() => setOpened(null)}>{t.close}</Button></Group>
          <div style={{ flex: 1, minHeight: 0 }}>{side}</div>
        </div>}
        {!isWide && <Drawer opened={!!opened} onClose={() => setOpened(null)} position="right" size="100%" title={current?.name} closeButtonProps={{ "aria-label": t.close }} styles={{ body: { height: "calc(100dvh - 70px)" } }}>{side}</Drawer>}
      </Group>
      <Modal opened={naming !== null} onClose={() => setNaming(null)} title={naming?.kind === "folder" ? t.newFolder : naming?.kind === "move" ? t.move : t.rename} closeButtonProps={{ "aria-label": t.close }}>
        <form onSubmit={submit}>
          <Stack>
            <TextInput label={naming?.kind === "move" ? t.moveTo : t.name} value={naming?.value ?? ""} onChange={(e) => naming && setNaming({ ...naming, value: e.currentTarget.value })} data-autofocus />
            <Group justify="flex-end"><Button variant="default" onClick={() => setNaming(null)}>{t.cancel}</Button><Button type="submit" loading={applyName.isPending}>{t.save}</Button></Group>
          </Stack>
        </form>
      </Modal>
    </Stack>
  );
}
