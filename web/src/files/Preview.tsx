/** Shows a file, or one of its versions. What is in it is never taken for a part of the page. */
import { Anchor, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { address, at, text } from "../api/client";
import { Empty } from "../shared/View";
import { t } from "../texts/en";
import { languageOf, previewKind } from "./previews";

// What draws these is fetched when it is first needed.
const MarkdownView = lazy(() => import("./MarkdownView"));
const CodeView = lazy(() => import("./CodeView"));

const limit = 256 * 1024;

/** A longer text takes too long to colour. */
const colouredBytes = 64 * 1024;

export function contentAddress(volume: string, path: string, query: { revision?: string; at?: string; inline?: boolean }): string {
  return address(at("volumes", volume, "content"), { path, revision: query.revision, at: query.at || undefined, inline: query.inline });
}

export function Preview({ volume, path, revision, moment, size }: { volume: string; path: string; revision?: string; moment?: string; size: number }) {
  const version = { ...(revision ? { revision } : {}), ...(moment ? { at: moment } : {}) };
  const shown = contentAddress(volume, path, { ...version, inline: true });
  const name = path.slice(path.lastIndexOf("/") + 1);
  switch (previewKind(name)) {
    case "image":
      return <img className="media" src={shown} alt={name} />;
    case "video":
      return <video className="media" src={shown} controls preload="metadata" aria-label={name} />;
    case "audio":
      return <audio src={shown} controls preload="metadata" style={{ width: "100%" }} aria-label={name} />;
    case "pdf":
      return <iframe src={shown} title={name} style={{ width: "100%", height: "60vh", border: 0 }} />;
    case "text":
      return <TextPreview volume={volume} path={path} size={size} {...version} />;
    default:
      return (
        <Empty>
          {t.noPreview} <Anchor href={contentAddress(volume, path, version)} download>{t.download}</Anchor>
        </Empty>
      );
  }
}

function TextPreview({ volume, path, size, ...version }: { volume: string; path: string; size: number; revision?: string; at?: string }) {
  const content = useQuery({
    queryKey: ["volume", volume, "text", path, version.revision ?? "", version.at ?? ""],
    queryFn: () => text(at("volumes", volume, "content"), { path, ...version }, limit),
  });
  if (content.isPending) return <Loader size="sm" aria-label={t.loading} />;
  if (content.isError) return <Text c="red">{content.error.message}</Text>;
  return (
    <Stack gap="xs">
      {size > limit && <Text size="sm" className="dim">{t.previewCut}</Text>}
      <Suspense fallback={<pre className="text" tabIndex={0}>{content.data}</pre>}>
        {/\.(md|markdown)$/i.test(path) ? <MarkdownView text={content.data} volume={volume} path={path} /> : size <= colouredBytes ? <CodeView text={content.data} language={languageOf(path)} /> : <pre className="text" tabIndex={0}>{content.data}</pre>}
      </Suspense>
    </Stack>
  );
}
