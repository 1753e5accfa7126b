/** A text with marks, drawn as parts of the page: HTML in it stays text, and nothing is fetched from elsewhere. */
import { Anchor, Typography } from "@mantine/core";
import Markdown, { defaultUrlTransform } from "react-markdown";
import remarkGfm from "remark-gfm";
import { contentAddress } from "./Preview";

const isElsewhere = (address: string) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address);

export default function MarkdownView({ text, volume, path }: { text: string; volume: string; path: string }) {
  return (
    <Typography>
      <Markdown
        remarkPlugins={[remarkGfm]}
        urlTransform={(address, key) => (key === "src" && !isElsewhere(address) ? contentAddress(volume, resolved(path, address), { inline: true }) : defaultUrlTransform(address))}
        components={{
          a: ({ href, children }) => <Anchor href={href && isElsewhere(href) ? href : undefined} target="_blank" rel="noopener noreferrer">{children}</Anchor>,
          img: ({ src, alt }) => (typeof src === "string" && !isElsewhere(src) ? <img className="media" src={src} alt={alt ?? ""} /> : <Anchor href={typeof src === "string" ? src : undefined} target="_blank" rel="noopener noreferrer">{alt || String(src)}</Anchor>),
        }}
      >
        {text}
      </Markdown>
    </Typography>
  );
}

/** The path in the volume that an address in a file means. */
function resolved(path: string, address: string): string {
  const above = path.split("/").slice(0, -1).map(encodeURIComponent).join("/");
  const { pathname } = new URL(address, `http://volume${above}/`);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
