/** Puts versions into lanes, as they branch and merge. */
import type { Revision } from "../api/types";

export interface Node {
  revision: Revision;
  row: number;
  lane: number;
}

export interface Graph {
  nodes: Node[];
  edges: { from: Node; to: Node }[];
  lanes: number;
}

/** @param revisions the newest first; a parent never comes before its child */
export function layOut(revisions: Revision[]): Graph {
  const open: (string | null)[] = [];
  const nodes: Node[] = [];
  let lanes = 1;
  revisions.forEach((revision, row) => {
    let lane = open.indexOf(revision.revision);
    if (lane < 0) lane = free(open);
    // Other lanes that waited for this one end here.
    open.forEach((waiting, other) => {
      if (waiting === revision.revision) open[other] = null;
    });
    revision.parents.forEach((parent, i) => {
      if (open.includes(parent)) return;
      open[i === 0 ? lane : free(open)] = parent;
    });
    lanes = Math.max(lanes, open.length, lane + 1);
    nodes.push({ revision, row, lane });
  });
  const byId = new Map(nodes.map((node) => [node.revision.revision, node]));
  const edges = nodes.flatMap((from) => from.revision.parents.flatMap((parent) => (byId.has(parent) ? [{ from, to: byId.get(parent)! }] : [])));
  return { nodes, edges, lanes };
}

function free(open: (string | null)[]): number {
  const lane = open.indexOf(null);
  if (lane >= 0) return lane;
  open.push(null);
  return open.length - 1;
}

const colours = ["#1971c2", "#c2255c", "#2b8a3e", "#e8590c", "#6741d9", "#0b7285", "#a61e4d", "#5c940d"];

/** One colour for each device of a history. */
export function coloursOf(revisions: Revision[]): Map<string, string> {
  const devices = [...new Set(revisions.map((revision) => revision.author))].sort();
  return new Map(devices.map((device, i) => [device, colours[i % colours.length]!]));
}
