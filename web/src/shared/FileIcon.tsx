import { IconFile, IconFileMusic, IconFileText, IconFileTypePdf, IconFolderFilled, IconLink, IconMovie, IconPhoto } from "@tabler/icons-react";
import { previewKind } from "../files/previews";

export function FileIcon({ kind, name, size = 20 }: { kind: string; name: string; size?: number }) {
  if (kind === "folder") return <IconFolderFilled size={size} color="var(--mantine-primary-color-filled)" aria-hidden />;
  if (kind !== "file") return <IconLink size={size} aria-hidden />;
  const Icon = { image: IconPhoto, video: IconMovie, audio: IconFileMusic, pdf: IconFileTypePdf, text: IconFileText, none: IconFile }[previewKind(name)];
  return <Icon size={size} aria-hidden />;
}
