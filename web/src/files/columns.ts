/** The columns of a list: what is always known of an entry, and any field that documents have. */
import { useLocalStorage } from "@mantine/hooks";
import type { Entry } from "../api/types";
import { bytes, time } from "../shared/format";
import { t } from "../texts/en";

export interface Column {
  key: string;
  label: string;
  width: number;
  /** Also on a narrow page. */
  isAlways?: boolean;
  /** What is shown; the list draws `here` itself. */
  text: (entry: Entry) => string;
  /** What is compared; else the text. */
  value?: (entry: Entry) => number | string;
}

const ofFiles = (show: (entry: Entry) => string) => (entry: Entry) => (entry.kind === "folder" ? "" : show(entry));

const known: Column[] = [
  { key: "size", label: t.size, width: 84, isAlways: true, text: ofFiles((entry) => bytes(entry.size)), value: (entry) => entry.size },
  { key: "modified", label: t.modified, width: 176, text: ofFiles((entry) => time(entry.modified)), value: (entry) => entry.modified },
  { key: "here", label: t.here, width: 72, text: () => "", value: (entry) => Number(entry.isHere) },
  { key: "kind", label: t.kind, width: 90, text: (entry) => entry.kind },
  { key: "mode", label: t.permissions, width: 110, text: (entry) => entry.mode },
];

const ofField = (name: string): Column => ({ key: name, label: name, width: 130, text: (entry) => entry.fields?.[name] ?? "" });

const usual = ["size", "modified", "here"];

export const knownKeys = known.map((column) => column.key);

/** The columns that this browser shows, and the fields among them. */
export function useColumns() {
  const [keys, setKeys] = useLocalStorage({ key: "peerdrive.columns", defaultValue: usual });
  const columns = keys.map((key) => known.find((column) => column.key === key) ?? ofField(key));
  const toggle = (key: string) => setKeys(keys.includes(key) ? keys.filter((shown) => shown !== key) : [...knownKeys.filter((one) => one === key || keys.includes(one)), ...keys.filter((shown) => !knownKeys.includes(shown)), ...(knownKeys.includes(key) ? [] : [key])]);
  return { keys, columns, toggle, fields: keys.filter((key) => !knownKeys.includes(key)) };
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export interface Order {
  by: string;
  isDown: boolean;
}

/** Folders first; then by a column, and what is the same there by name. */
export function sorted(entries: Entry[], order: Order, columns: Column[], filter: string): Entry[] {
  const wanted = filter.trim().toLowerCase();
  const column = columns.find((one) => one.key === order.by);
  const value = column?.value ?? column?.text ?? ((entry: Entry) => entry.name);
  const compare = (a: Entry, b: Entry) => {
    const [left, right] = [value(a), value(b)];
    return typeof left === "number" && typeof right === "number" ? left - right : collator.compare(String(left), String(right));
  };
  return entries
    .filter((entry) => !wanted || entry.name.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.kind === "folder") - Number(a.kind === "folder") || (order.isDown ? -1 : 1) * compare(a, b) || collator.compare(a.name, b.name));
}
