/** The versions of a file: a graph with a line for each, and what can be done with one. */
import { Badge, Box, Button, Group, Modal, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { at, post } from "../api/client";
import { useAction, useLog } from "../api/queries";
import type { Entry, Revision } from "../api/types";
import { contentAddress, Preview } from "../files/Preview";
import { bytes, joined, parentOf, since, time } from "../shared/format";
import { done } from "../shared/notes";
import { Empty } from "../shared/View";
import { t } from "../texts/en";
import { DiffView } from "./DiffView";
import { coloursOf, layOut } from "./graph";

const rowHeight = 58, laneWidth = 18;

export function VersionsPanel({ volume, entry, canWrite }: { volume: string; entry: Entry; canWrite: boolean }) {
  const log = useLog(volume, entry.path);
  const revisions = useMemo(() => log.data ?? [], [log.data]);
  const graph = useMemo(() => layOut(revisions), [revisions]);
  const colours = useMemo(() => coloursOf(revisions), [revisions]);
  const [chosen, setChosen] = useState<Revision | null>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: revisions.length, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 12 });
  if (log.data && revisions.length === 0) return <Empty>{t.noVersions}</Empty>;
  const width = Math.min(graph.lanes, 6) * laneWidth + 8;
  const x = (lane: number) => Math.min(lane, 5) * laneWidth + 12;
  const items = rows.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  return (
    <Stack gap="sm" h="100%" mih={0}>
      <Group gap={6}>
        {[...colours].map(([device, colour]) => (
          <Group key={device} gap={4} wrap="nowrap">
            <Box w={10} h={10} bg={colour} style={{ borderRadius: 5 }} aria-hidden />
            <Text size="xs">{device}</Text>
          </Group>
        ))}
      </Group>
      <div ref={scroll} className="rows" style={{ flex: 1, minHeight: 160 }} role="listbox" aria-label={t.versionOf(entry.name)} tabIndex={0}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          <svg width={width} height={rows.getTotalSize()} style={{ position: "absolute", zIndex: 1, pointerEvents: "none" }} aria-hidden>
            {graph.edges.filter((edge) => edge.to.row >= from && edge.from.row <= to).map((edge) => (
              <path key={`${edge.from.revision.revision}-${edge.to.revision.revision}`} className="graph-line" d={line(x(edge.from.lane), edge.from.row, x(edge.to.lane), edge.to.row)} />
            ))}
            {graph.nodes.slice(from, to + 1).map((node) => (
              <circle key={node.revision.revision} cx={x(node.lane)} cy={node.row * rowHeight + rowHeight / 2} r={node.revision.isShown ? 7 : 5} fill={colours.get(node.revision.author)} stroke="var(--mantine-color-body)" strokeWidth={2} />
            ))}
          </svg>
          {items.map((item) => {
            const revision = revisions[item.index]!;
            return (
              <div
                key={revision.revision}
                role="option"
                aria-selected={chosen?.revision === revision.revision}
                className="row"
                tabIndex={0}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)`, paddingInlineStart: width + 6, gridTemplateColumns: "minmax(0, 1fr) auto" }}
                onClick={() => setChosen(revision)}
                onKeyDown={(e) => e.key === "Enter" && setChosen(revision)}
              >
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" className="name" title={time(revision.time)}>{since(revision.time)} · {bytes(revision.size)}</Text>
                  <Text size="xs" className="dim name">{revision.comment || t.byOn(revision.creator || revision.author, revision.author)}</Text>
                </div>
                <Group gap={4} wrap="nowrap">
                  {revision.isShown && <Badge size="sm">{t.shownVersion}</Badge>}
                  {revision.isHead && !revision.isShown && <Badge size="sm" color="#a33a06">{t.headVersion}</Badge>}
                  {revision.isMerge && <Badge size="sm" variant="outline">{t.mergeVersion}</Badge>}
                </Group>
              </div>
            );
          })}
        </div>
      </div>
      {chosen && <VersionView key={chosen.revision} volume={volume} entry={entry} revision={chosen} canWrite={canWrite} />}
    </Stack>
  );
}

function line(x1: number, row1: number, x2: number, row2: number): string {
  const [y1, y2] = [row1 * rowHeight + rowHeight / 2, row2 * rowHeight + rowHeight / 2];
  if (x1 === x2) return `M${x1} ${y1}L${x2} ${y2}`;
  const turn = x1 < x2 ? y1 + rowHeight : y2 - rowHeight;
  return x1 < x2 ? `M${x1} ${y1}C${x1} ${turn} ${x2} ${y1} ${x2} ${turn}L${x2} ${y2}` : `M${x1} ${y1}L${x1} ${turn}C${x1} ${y2} ${x2} ${turn} ${x2} ${y2}`;
}

function VersionView({ volume, entry, revision, canWrite }: { volume: string; entry: Entry; revision: Revision; canWrite: boolean }) {
  const [isCompared, setCompared] = useState(false);
  const [copyPath, setCopyPath] = useState<string | null>(null);
  const restore = useAction(() => post(at("volumes", volume, "restore"), { path: entry.path, revision: revision.revision, at: null }), () => done(t.restoredVersion));
  const save = useAction((path: string) => post(at("volumes", volume, "save"), { path: entry.path, revision: revision.revision, at: null, asVolume: null, asPath: path }), (_, path) => {
    setCopyPath(null);
    done(t.savedAs(path));
  });
  const suggested = joined(parentOf(entry.path), `${revision.time.slice(0, 10)} ${entry.name}`);
  return (
    <Paper withBorder p="sm" style={{ maxHeight: "50%", overflow: "auto", flexShrink: 0 }}>
      <Stack gap="xs">
        <Text size="sm">{time(revision.time)} · {t.byOn(revision.creator || revision.author, revision.author)}</Text>
        {revision.comment && <Text size="sm" fs="italic">{revision.comment}</Text>}
        <Group gap="xs">
          {canWrite && !revision.isShown && <Button size="compact-sm" loading={restore.isPending} onClick={() => restore.mutate(undefined)}>{t.restore}</Button>}
          <Button size="compact-sm" variant="default" onClick={() => setCompared(!isCompared)}>{isCompared ? t.preview : t.diff}</Button>
          {canWrite && <Button size="compact-sm" variant="default" onClick={() => setCopyPath(suggested)}>{t.saveAs}…</Button>}
          <Button size="compact-sm" variant="default" component="a" href={contentAddress(volume, entry.path, { revision: revision.revision })} download>{t.download}</Button>
        </Group>
        {isCompared ? <DiffView volume={volume} path={entry.path} after={revision.revision} /> : <Preview volume={volume} path={entry.path} revision={revision.revision} size={revision.size} />}
      </Stack>
      <Modal opened={copyPath !== null} onClose={() => setCopyPath(null)} title={t.saveAs} closeButtonProps={{ "aria-label": t.close }}>
        <form
          onSubmit={(e) => {
            e.preventDefault();
            save.mutate(copyPath ?? "");
          }}
        >
          <Stack>
            <TextInput label={t.path} value={copyPath ?? ""} onChange={(e) => setCopyPath(e.currentTarget.value)} data-autofocus />
            <Button type="submit" loading={save.isPending}>{t.save}</Button>
          </Stack>
        </form>
      </Modal>
    </Paper>
  );
}
