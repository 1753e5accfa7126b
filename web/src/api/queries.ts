/** Questions to the node. What begins with "node" or with "volume" and an id is asked anew when the node tells that it changed. */
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { failed } from "../shared/notes";
import { at, get } from "./client";
import type { Backlinks, Change, ChangePage, Conflict, Deleted, Document, Field, FieldName, Limits, NodeStatus, Offer, Revision, Rule, SavedQuery, SearchAnswer, Volume, Where } from "./types";

const byName = (status: NodeStatus): NodeStatus => ({ ...status, volumes: [...status.volumes].sort((a, b) => a.name.localeCompare(b.name)) });

export const useNode = () => useQuery({ queryKey: ["node", "status"], queryFn: () => get<NodeStatus>("status"), placeholderData: keepPreviousData, select: byName });

/** The volume that an address of the page names; null while it is not known, undefined when there is none. */
export function useVolume(id: string): Volume | null | undefined {
  const node = useNode();
  return node.data ? node.data.volumes.find((volume) => volume.id === id) : null;
}

export const useFieldNames = (volume: string) => useQuery({ queryKey: ["volume", volume, "field names"], queryFn: () => get<FieldName[]>(at("volumes", volume, "fields")) });

export const useLog = (volume: string, path: string) => useQuery({ queryKey: ["volume", volume, "log", path], queryFn: () => get<Revision[]>(at("volumes", volume, "log"), { path }) });

export const useWhere = (volume: string, path: string) => useQuery({ queryKey: ["volume", volume, "where", path], queryFn: () => get<Where>(at("volumes", volume, "where"), { path }) });

export const useDocument = (volume: string, path: string) =>
  useQuery({ queryKey: ["volume", volume, "document", path], queryFn: () => get<Document>(at("volumes", volume, "document"), { path }) });

export const useBacklinks = (volume: string, path: string, isAny: boolean) =>
  useQuery({ queryKey: ["volume", volume, "backlinks", path], queryFn: () => get<Backlinks>(at("volumes", volume, "backlinks"), { path }), enabled: isAny });

export const useFields = (volume: string, path: string) =>
  useQuery({ queryKey: ["volume", volume, "fields", path], queryFn: () => get<{ fields: Field[] }>(at("volumes", volume, "annotations"), { path }) });

export const useTrash = (volume: string) => useQuery({ queryKey: ["volume", volume, "trash"], queryFn: () => get<Deleted[]>(at("volumes", volume, "trash")) });

export const useConflicts = () => useQuery({ queryKey: ["node", "conflicts"], queryFn: () => get<Conflict[]>("conflicts") });

/** Asked anew while it is shown: an index follows a change a moment later, and nothing tells when it has. */
export const useSearch = (query: string) =>
  useQuery({ queryKey: ["node", "search", query], queryFn: () => get<SearchAnswer>("search", { q: query, typing: true, limit: 100 }), enabled: query.trim().length > 0, placeholderData: keepPreviousData, retry: false, refetchInterval: 3_000 });

/** How many matches each further condition would leave; undefined while it is not known. */
export const useFacets = (query: string, conditions: string[], isActive: boolean) =>
  useQueries({
    queries: conditions.map((condition) => ({
      queryKey: ["node", "facet", query, condition],
      queryFn: () => get<SearchAnswer>("search", { q: `(${query}) ${condition}`, limit: 1 }),
      enabled: isActive && !query.includes(condition),
      retry: false,
      staleTime: 10_000,
    })),
    combine: (answers) => answers.map((answer) => answer.data?.total),
  });

export const useChanges = (volume: string, path: string, limit: number) =>
  useQuery({ queryKey: ["volume", volume, "changes", path, limit], queryFn: () => get<ChangePage>(at("volumes", volume, "changes"), { path, limit }) });

/** The last changes of all volumes, the newest first. */
export const useActivity = (volumes: Volume[], limit: number) =>
  useQuery({
    queryKey: ["node", "activity", volumes.map((volume) => volume.id), limit],
    queryFn: async () => {
      const pages = await Promise.all(volumes.map(async (volume) => (await get<ChangePage>(at("volumes", volume.id, "changes"), { limit })).changes.map((change): Change & { volume: Volume } => ({ ...change, volume }))));
      return pages.flat().sort((a, b) => b.time.localeCompare(a.time)).slice(0, limit);
    },
    enabled: volumes.length > 0,
  });

export const useRules = () => useQuery({ queryKey: ["node", "rules"], queryFn: () => get<Rule[]>("rules") });

export const useLimits = () => useQuery({ queryKey: ["node", "limits"], queryFn: () => get<Limits>("limits"), refetchInterval: 2_000 });

export const useOffers = () => useQuery({ queryKey: ["node", "offers"], queryFn: () => get<Offer[]>("offers") });

export const useSavedQueries = () => useQuery({ queryKey: ["node", "queries"], queryFn: () => get<SavedQuery[]>("queries") });

/** Asks anew for all that is about the node as a whole, after something that it does not tell of by itself. */
export function useRefresh(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ["node"] });
}

/** Something to be done; what goes wrong is told. */
export function useAction<T, R>(act: (input: T) => Promise<R>, onDone?: (result: R, input: T) => void) {
  return useMutation({ mutationFn: act, onError: failed, ...(onDone ? { onSuccess: (result: R, input: T) => onDone(result, input) } : {}) });
}

/** Where a folder of a volume is in the page. */
export function useFolder(): { path: string; go: (volume: string, path: string) => void } {
  const [here, navigate] = useLocation();
  const rest = /^\/files\/[^/]+(\/.*)?$/.exec(here)?.[1] ?? "/";
  return { path: decode(rest), go: (volume, path) => navigate(filesAddress(volume, path)) };
}

export const filesAddress = (volume: string, path: string) => `/files/${volume}${path.split("/").map(encodeURIComponent).join("/")}`;

function decode(path: string): string {
  try {
    return path.split("/").map(decodeURIComponent).join("/");
  } catch {
    return path;
  }
}
