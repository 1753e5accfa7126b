/** The entries of a folder: all of them, ordered and filtered here; or, of a very long one, those pages of it that are seen, by name. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { at, get, getPage } from "../api/client";
import type { Entry } from "../api/types";
import { type Column, type Order, sorted } from "./columns";

/** More are not ordered here. */
const most = 5_000;
const pageEntries = 500;

export interface Lines {
  count: number;
  /** Undefined: it is not here yet. */
  at: (index: number) => Entry | undefined;
  /** It is in the order of names, in pages. */
  isLong: boolean;
  /** Those that are here. */
  known: Entry[];
}

interface Outline {
  count: number;
  pageEntries: number;
  cursors: string[];
}

export function useFolderEntries(volume: string, path: string, moment: string, order: Order, columns: Column[], fields: string[], filter: string) {
  const entries = at("volumes", volume, "entries");
  const query = { path, at: moment || undefined, fields: moment || fields.length === 0 ? undefined : fields.join() };
  const first = useQuery({
    queryKey: ["volume", volume, "entries", path, moment, query.fields ?? ""],
    queryFn: () => getPage<Entry[]>(entries, { ...query, limit: moment ? undefined : most }),
    placeholderData: keepPreviousData,
  });
  const isLong = first.data?.hasMore ?? false;
  const outline = useQuery({ queryKey: ["volume", volume, "outline", path], queryFn: () => get<Outline>(at("volumes", volume, "outline"), { path, limit: pageEntries }), enabled: isLong, placeholderData: keepPreviousData });
  const [[from, to], see] = useState([0, 0]);
  const cursors = isLong ? (outline.data?.cursors ?? []) : [];
  const seen = isLong && outline.data ? range(Math.floor(from / pageEntries) - 1, Math.floor(to / pageEntries) + 1).filter((page) => page >= 0 && page <= cursors.length) : [];
  const pages = useQueries({
    queries: seen.map((page) => ({
      queryKey: ["volume", volume, "page", path, query.fields ?? "", page, cursors[page - 1] ?? ""],
      queryFn: () => get<Entry[]>(entries, { ...query, limit: pageEntries, cursor: cursors[page - 1] }),
      placeholderData: keepPreviousData<Entry[]>,
    })),
  });
  const whole = useMemo(() => (first.data && !isLong ? sorted(first.data.body, order, columns, filter) : []), [first.data, isLong, order, columns, filter]);
  const lines: Lines = isLong
    ? {
        isLong,
        count: outline.data?.count ?? 0,
        at: (index) => pages[seen.indexOf(Math.floor(index / pageEntries))]?.data?.[index % pageEntries],
        known: pages.flatMap((page) => page.data ?? []),
      }
    : { isLong, count: whole.length, at: (index) => whole[index], known: whole };
  return { lines, error: first.error ?? outline.error ?? pages.find((page) => page.error)?.error ?? null, isEmpty: first.data !== undefined && !isLong && first.data.body.length === 0, see };
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
