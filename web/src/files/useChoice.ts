/** Which lines of a list are chosen, by mouse and keyboard as in file managers. */
import { type KeyboardEvent, type MouseEvent, useState } from "react";

/** @param key What tells the line at a place from all others; undefined: it is not here, and cannot be chosen. */
export function useChoice(count: number, key: (index: number) => string | undefined) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState(0);
  /** The lines from one to another; when some of them are not here, the other alone. */
  const range = (a: number, b: number): Set<string> => {
    const found = new Set<string>();
    for (let index = Math.max(0, Math.min(a, b)); index <= Math.min(count - 1, Math.max(a, b)); index++) {
      const one = key(index);
      if (one === undefined) return a === b ? found : range(b, b);
      found.add(one);
    }
    return found;
  };
  const toggle = (index: number) => {
    const one = key(index);
    if (one === undefined) return;
    const next = new Set(chosen);
    if (!next.delete(one)) next.add(one);
    setChosen(next);
    setActive(index);
    setAnchor(index);
  };
  const click = (index: number, e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey) return toggle(index);
    setChosen(e.shiftKey ? range(anchor, index) : range(index, index));
    setActive(index);
    if (!e.shiftKey) setAnchor(index);
  };
  /** Moves by a key; returns the line that is to be seen, or null when it was no key for it. */
  const press = (e: KeyboardEvent, page: number): number | null => {
    if ((e.ctrlKey || e.metaKey) && e.key === "a") {
      e.preventDefault();
      const every = range(0, count - 1);
      if (every.size === count) setChosen(every);
      return null;
    }
    if (e.key === "Escape") setChosen(new Set());
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    if (e.key === " ") {
      e.preventDefault();
      toggle(active);
      return active;
    }
    const step = steps[e.key];
    if (step === undefined || count === 0) return null;
    e.preventDefault();
    const next = Math.max(0, Math.min(count - 1, active + step));
    setActive(next);
    setChosen(e.shiftKey ? range(anchor, next) : range(next, next));
    if (!e.shiftKey) setAnchor(next);
    return next;
  };
  const all = (isAll: boolean) => setChosen(isAll ? range(0, count - 1) : new Set());
  return { chosen, active, click, toggle, press, all };
}
