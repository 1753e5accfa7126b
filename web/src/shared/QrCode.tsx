import { encode } from "uqr";
import { t } from "../texts/en";

/** A text for a camera; dark on white in both themes, as cameras want it. */
export function QrCode({ text }: { text: string }) {
  const { data, size } = encode(text, { ecc: "L", border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width={280} height={280} role="img" aria-label={t.ticket} shapeRendering="crispEdges" style={{ alignSelf: "center" }}>
      <rect width={size} height={size} fill="#fff" />
      <path d={squares} fill="#000" />
    </svg>
  );
}
