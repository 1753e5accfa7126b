/** Files that are dropped or chosen, with their places, and their way to the node. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { upload } from "../api/client";
import { joined } from "../shared/format";
import { done, failed } from "../shared/notes";
import { t } from "../texts/en";

export interface Chosen {
  file: File;
  /** Below the folder that it goes to. */
  path: string;
}

export interface Progress {
  at: number;
  of: number;
  percent: number;
}

/** Files of a form's field; those of a folder keep their places in it. */
export const fromField = (files: FileList): Chosen[] => [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** What was dropped, folders with all that is in them. */
export async function fromDrop(items: DataTransferItemList): Promise<Chosen[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const chosen: Chosen[] = [];
  for (const entry of entries) await walk(entry, "", chosen);
  return chosen;
}

async function walk(entry: FileSystemEntry, above: string, chosen: Chosen[]): Promise<void> {
  const path = above + entry.name;
  if (entry.isFile) {
    chosen.push({ file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)), path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most a hundred at once.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await walk(child, `${path}/`, chosen);
  }
}

export function useUploads(volume: string) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const queries = useQueryClient();
  const start = async (folder: string, chosen: Chosen[]) => {
    if (chosen.length === 0) return;
    const total = Math.max(1, chosen.reduce((sum, { file }) => sum + file.size, 0));
    let [before, good] = [0, 0];
    for (const [i, { file, path }] of chosen.entries()) {
      const show = (bytes: number) => setProgress({ at: i + 1, of: chosen.length, percent: (100 * (before + bytes)) / total });
      show(0);
      try {
        await upload(volume, joined(folder, path), file, show);
        good++;
      } catch (e) {
        failed(e);
      }
      before += file.size;
    }
    setProgress(null);
    await queries.invalidateQueries({ queryKey: ["volume", volume] });
    if (good > 0) done(t.uploaded(good));
  };
  return { progress, start };
}
