/** A folder as tiles with small pictures. */
import { Text, UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { Entry } from "../api/types";
import { FileIcon } from "../shared/FileIcon";
import { t } from "../texts/en";
import { contentAddress } from "./Preview";
import { previewKind } from "./previews";
import type { useChoice } from "./useChoice";

const tileWidth = 150, rowHeight = 156, largestPicture = 8_000_000;

export function EntryGrid({ volume, entries, choice, onOpen, moment }: { volume: string; entries: Entry[]; choice: ReturnType<typeof useChoice>; onOpen: (entry: Entry) => void; moment: string }) {
  const scroll = useRef<HTMLDivElement>(null);
  const size = useElementSize();
  const columns = Math.max(2, Math.floor((size.width || 600) / tileWidth));
  const rows = useVirtualizer({ count: Math.ceil(entries.length / columns), getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 3 });
  return (
    <div ref={scroll} className="rows" style={{ flex: 1 }} aria-label={t.files} role="group">
      <div ref={size.ref} style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => (
          <div key={row.key} style={{ position: "absolute", insetInline: 0, height: rowHeight, transform: `translateY(${row.start}px)`, display: "grid", gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
            {entries.slice(row.index * columns, (row.index + 1) * columns).map((entry, i) => (
              <UnstyledButton key={entry.entry} className="tile" aria-pressed={choice.chosen.has(entry.entry)} bg={choice.chosen.has(entry.entry) ? "var(--mantine-primary-color-light)" : "transparent"} onClick={(e) => choice.click(row.index * columns + i, e)} onDoubleClick={() => onOpen(entry)} onKeyDown={(e) => e.key === "Enter" && onOpen(entry)}>
                {entry.isHere && previewKind(entry.name) === "image" && entry.size < largestPicture
                  ? <img className="thumb" src={contentAddress(volume, entry.path, { inline: true, at: moment })} alt="" loading="lazy" />
                  : <div className="thumb" style={{ display: "grid", placeItems: "center" }}><FileIcon kind={entry.kind} name={entry.name} size={48} /></div>}
                <Text size="sm" className="name" w="100%" ta="center" title={entry.name}>{entry.name}</Text>
              </UnstyledButton>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
