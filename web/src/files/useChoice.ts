/** Which lines of a list are chosen, by mouse and keyboard as in file managers. */
import { type KeyboardEvent, type MouseEvent, useState } from "react";

export function useChoice(keys: string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const range = (a: number, b: number) => new Set(keys.slice(Math.min(a, b), Math.max(a, b) + 1));
  const toggle = (index: number) => {
    const next = new Set(chosen);
    if (!next.delete(keys[index]!)) next.add(keys[index]!);
    setChosen(next);
    setActive(index);
    setAnchor(index);
  };
  const click = (index: number, e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey) return toggle(index);
    setChosen(e.shiftKey ? range(anchor, index) : new Set([keys[index]!]));
    setActive(index);
    if (!e.shiftKey) setAnchor(index);
  };
  /** Moves by a key; returns the line that is to be seen, or null when it was no key for it. */
  const key = (e: KeyboardEvent, page: number): number | null => {
    if ((e.ctrlKey || e.metaKey) && e.key === "a") {
      e.preventDefault();
      setChosen(new Set(keys));
      return null;
    }
    if (e.key === "Escape") setChosen(new Set());
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -keys.length, End: keys.length };
    if (e.key === " ") {
      e.preventDefault();
      if (keys[active]) toggle(active);
      return active;
    }
    const step = steps[e.key];
    if (step === undefined || keys.length === 0) return null;
    e.preventDefault();
    const next = Math.max(0, Math.min(keys.length - 1, active + step));
    setActive(next);
    setChosen(e.shiftKey ? range(anchor, next) : new Set([keys[next]!]));
    if (!e.shiftKey) setAnchor(next);
    return next;
  };
  const all = (isAll: boolean) => setChosen(isAll ? new Set(keys) : new Set());
  return { chosen, active, click, toggle, key, all };
}
