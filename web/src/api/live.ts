/** Keeps what is shown true: what the node tells of is asked for anew. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { address, get } from "./client";
import type { NodeEvent } from "./types";

/** Listens while it is shown. Returns whether the node is there. */
export function useLive(): boolean {
  const queries = useQueryClient();
  const [isThere, setThere] = useState(true);
  useEffect(() => {
    const events = new EventSource(address("events"));
    const about = (volume: string | null) => queries.invalidateQueries(volume ? { predicate: (query) => query.queryKey[0] === "volume" && query.queryKey[1] === volume } : { queryKey: ["node"] });
    const told = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as NodeEvent;
      if (event.kind === "reset") void queries.invalidateQueries();
      else if (event.kind === "status") void about(null);
      else {
        void about(event.volume);
        void about(null);
      }
    };
    for (const kind of ["changes", "contents", "status", "reset"]) events.addEventListener(kind, told);
    events.onopen = () => setThere(true);
    events.onerror = () => {
      setThere(false);
      // Whether the node is gone or does not know this browser any more: the latter is told where it is to be heard.
      void get("session").catch(() => undefined);
    };
    return () => events.close();
  }, [queries]);
  return isThere;
}
