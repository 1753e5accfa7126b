/** A folder as lines; only those that are seen are made. */
import { Badge, Checkbox, Text } from "@mantine/core";
import { IconCloud, IconDeviceLaptop } from "@tabler/icons-react";
import { type CSSProperties, Fragment, type KeyboardEvent, useEffect, useRef } from "react";
import type { Entry } from "../api/types";
import { FileIcon } from "../shared/FileIcon";
import { t } from "../texts/en";
import type { Column, Order } from "./columns";
import type { Lines } from "./useFolderEntries";
import { useRows } from "./useRows";
import type { useChoice } from "./useChoice";

const rowHeight = 40;

export function EntryList({ lines, columns, order, onOrder, choice, onOpen, onDelete, onUp, onSee }: {
  lines: Lines;
  onSee: (range: [number, number]) => void;
  columns: Column[];
  order: Order;
  onOrder: (order: Order) => void;
  choice: ReturnType<typeof useChoice>;
  onOpen: (entry: Entry) => void;
  onDelete: () => void;
  onUp: () => void;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useRows(scroll, lines.count, rowHeight);
  useEffect(() => onSee([rows.first, rows.last]), [onSee, rows.first, rows.last]);
  const press = (e: KeyboardEvent) => {
    if (e.target instanceof HTMLInputElement) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const next = choice.press(e, page);
    if (next !== null) rows.show(next);
    const active = lines.at(choice.active);
    if (e.key === "Enter" && active) onOpen(active);
    if (e.key === "Delete") onDelete();
    if (e.key === "Backspace") onUp();
  };
  const template = (shown: Column[]) => ["20px 24px minmax(0, 1fr)", ...shown.map((column) => `${column.width}px`)].join(" ");
  const style = { "--columns": template(columns), "--narrow": template(columns.filter((column) => column.isAlways)) } as CSSProperties;
  const heading = (by: string, label: string, className: string) => lines.isLong ? <span className={className}>{label}</span> : (
    <button type="button" className={`plain ${className}`} aria-label={t.sort(label)} onClick={() => onOrder({ by, isDown: order.by === by && !order.isDown })}>
      {label}{order.by === by ? (order.isDown ? " ↓" : " ↑") : ""}
    </button>
  );
  return (
    <>
      <div className="head columns" style={style}>
        <Checkbox size="xs" aria-label={t.selectAll} disabled={lines.isLong} checked={choice.chosen.size > 0 && choice.chosen.size === lines.count} indeterminate={choice.chosen.size > 0 && choice.chosen.size < lines.count} onChange={(e) => choice.all(e.currentTarget.checked)} />
        <span />
        {heading("name", t.name, "")}
        {columns.map((column) => <Fragment key={column.key}>{heading(column.key, column.label, `name ${column.isAlways ? "" : "wide"}`)}</Fragment>)}
      </div>
      <div ref={scroll} className="rows" style={{ flex: 1 }} role="grid" aria-label={t.files} aria-rowcount={lines.count} aria-multiselectable tabIndex={0} onKeyDown={press}>
        <div role="rowgroup" style={{ height: rows.height, position: "relative" }}>
          {Array.from({ length: Math.max(0, rows.last - rows.first + 1) }, (_, i) => rows.first + i).map((index) => {
            const entry = lines.at(index);
            const place = { height: rowHeight, transform: `translateY(${rows.place(index)}px)` };
            if (!entry) return <div key={index} className="row" style={place} role="presentation" />;
            return (
              <div
                key={entry.entry}
                role="row"
                aria-rowindex={index + 1}
                aria-selected={choice.chosen.has(entry.entry)}
                data-active={choice.active === index && choice.chosen.size > 0}
                className="row columns"
                style={{ ...style, ...place }}
                onClick={(e) => choice.click(index, e)}
                onDoubleClick={() => onOpen(entry)}
              >
                <span role="gridcell"><Checkbox size="xs" tabIndex={-1} aria-label={t.select(entry.name)} checked={choice.chosen.has(entry.entry)} onClick={(e) => e.stopPropagation()} onChange={() => choice.toggle(index)} /></span>
                <span role="gridcell"><FileIcon kind={entry.kind} name={entry.name} /></span>
                <span role="gridcell" className="name">
                  <button type="button" className="plain" tabIndex={-1} title={entry.name} onClick={(e) => { e.stopPropagation(); onOpen(entry); }}>{entry.name}</button>
                  {entry.heads > 1 && <Badge ml={6} size="xs" color="#a33a06">{t.inConflict}</Badge>}
                </span>
                {columns.map((column) => (
                  <Text key={column.key} component="span" role="gridcell" size="sm" className={`dim name ${column.isAlways ? "" : "wide"}`} title={column.key === "here" ? (entry.isHere ? t.isHere : t.isElsewhere) : column.text(entry)}>
                    {column.key !== "here" ? column.text(entry) : entry.kind !== "file" ? null : entry.isHere ? <IconDeviceLaptop size={16} aria-label={t.isHere} /> : <IconCloud size={16} aria-label={t.isElsewhere} />}
                  </Text>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
