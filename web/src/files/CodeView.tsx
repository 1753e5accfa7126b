/** A text with its syntax in colours. */
import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import { common, createLowlight } from "lowlight";
import { useMemo } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";

const lowlight = createLowlight(common);

export default function CodeView({ text, language }: { text: string; language: string }) {
  const tree = useMemo(() => (lowlight.registered(language) ? lowlight.highlight(language, text) : null), [text, language]);
  return <pre className="text" tabIndex={0}>{tree ? toJsxRuntime(tree, { Fragment, jsx, jsxs }) : text}</pre>;
}
