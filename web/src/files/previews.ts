/** How a file can be shown, by its name. */
const kinds: Record<string, string[]> = {
  image: ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico"],
  video: ["mp4", "m4v", "webm", "mov", "mkv", "ogv"],
  audio: ["mp3", "m4a", "aac", "ogg", "oga", "opus", "flac", "wav"],
  pdf: ["pdf"],
  text: "txt md markdown csv tsv log json yaml yml toml ini conf xml html htm svg css js ts jsx tsx cs c h cpp hpp rs go py rb java kt swift sh bash zsh sql tex srt vtt diff patch gitignore dockerfile makefile query eml".split(" "),
};

export type PreviewKind = "image" | "video" | "audio" | "pdf" | "text" | "none";

export function previewKind(name: string): PreviewKind {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  for (const [kind, endings] of Object.entries(kinds)) if (endings.includes(ending)) return kind as PreviewKind;
  return "none";
}

const languages: Record<string, string> = {
  js: "javascript", ts: "typescript", jsx: "javascript", tsx: "typescript", cs: "csharp", h: "c", hpp: "cpp", rs: "rust", py: "python", rb: "ruby", kt: "kotlin", sh: "bash", zsh: "bash", yml: "yaml", md: "markdown", html: "xml", htm: "xml", svg: "xml", conf: "ini", toml: "ini", patch: "diff",
};

/** What its syntax is called by those who colour it. */
export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return languages[ending] ?? ending;
}
