/** A folder as lines; only those that are seen are made. */
import { Badge, Checkbox, Text } from "@mantine/core";
import { IconCloud, IconDeviceLaptop } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef } from "react";
import type { Entry } from "../api/types";
import { bytes, time } from "../shared/format";
import { FileIcon } from "../shared/FileIcon";
import { t } from "../texts/en";
import type { Order, SortKey } from "./FilesPage";
import type { useChoice } from "./useChoice";

const rowHeight = 40;

export function EntryList({ entries, order, onOrder, choice, onOpen, onDelete, onUp }: {
  entries: Entry[];
  order: Order;
  onOrder: (order: Order) => void;
  choice: ReturnType<typeof useChoice>;
  onOpen: (entry: Entry) => void;
  onDelete: () => void;
  onUp: () => void;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: entries.length, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 20 });
  const press = (e: KeyboardEvent) => {
    if (e.target instanceof HTMLInputElement) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const next = choice.key(e, page);
    if (next !== null) rows.scrollToIndex(next);
    const active = entries[choice.active];
    if (e.key === "Enter" && active) onOpen(active);
    if (e.key === "Delete") onDelete();
    if (e.key === "Backspace") onUp();
  };
  const heading = (by: SortKey, label: string, className: string) => (
    <button type="button" className={`plain ${className}`} aria-label={t.sort(label)} onClick={() => onOrder({ by, isDown: order.by === by && !order.isDown })}>
      {label}{order.by === by ? (order.isDown ? " ↓" : " ↑") : ""}
    </button>
  );
  return (
    <>
      <div className="head columns">
        <Checkbox size="xs" aria-label={t.selectAll} checked={choice.chosen.size > 0 && choice.chosen.size === entries.length} indeterminate={choice.chosen.size > 0 && choice.chosen.size < entries.length} onChange={(e) => choice.all(e.currentTarget.checked)} />
        <span />
        {heading("name", t.name, "")}
        {heading("size", t.size, "")}
        {heading("modified", t.modified, "wide")}
        <span className="wide">{t.here}</span>
      </div>
      <div ref={scroll} className="rows" style={{ flex: 1 }} role="grid" aria-label={t.files} aria-rowcount={entries.length} aria-multiselectable tabIndex={0} onKeyDown={press}>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const entry = entries[item.index]!;
            return (
              <div
                key={entry.entry}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={choice.chosen.has(entry.entry)}
                data-active={choice.active === item.index && choice.chosen.size > 0}
                className="row columns"
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={(e) => choice.click(item.index, e)}
                onDoubleClick={() => onOpen(entry)}
              >
                <span role="gridcell"><Checkbox size="xs" tabIndex={-1} aria-label={t.select(entry.name)} checked={choice.chosen.has(entry.entry)} onClick={(e) => e.stopPropagation()} onChange={() => choice.toggle(item.index)} /></span>
                <span role="gridcell"><FileIcon kind={entry.kind} name={entry.name} /></span>
                <span role="gridcell" className="name">
                  <button type="button" className="plain" tabIndex={-1} title={entry.name} onClick={(e) => { e.stopPropagation(); onOpen(entry); }}>{entry.name}</button>
                  {entry.heads > 1 && <Badge ml={6} size="xs" color="#a33a06">{t.inConflict}</Badge>}
                </span>
                <Text role="gridcell" size="sm" className="dim">{entry.kind === "folder" ? "" : bytes(entry.size)}</Text>
                <Text role="gridcell" size="sm" className="dim wide">{entry.kind === "folder" ? "" : time(entry.modified)}</Text>
                <span role="gridcell" className="wide dim" title={entry.isHere ? t.isHere : t.isElsewhere}>{entry.kind !== "file" ? null : entry.isHere ? <IconDeviceLaptop size={16} aria-label={t.isHere} /> : <IconCloud size={16} aria-label={t.isElsewhere} />}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
