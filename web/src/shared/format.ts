/** Numbers and times as people write them. */
const units = ["B", "KB", "MB", "GB", "TB", "PB"];
const count = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const number = (value: number) => count.format(value);

export function bytes(value: number): string {
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const time = (iso: string) => clock.format(new Date(iso));

export function since(iso: string): string {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["second", 60],
    ["minute", 3600],
    ["hour", 86_400],
    ["day", 7 * 86_400],
  ];
  const sizes = { second: 1, minute: 60, hour: 3600, day: 86_400 } as Record<string, number>;
  for (const [unit, limit] of steps) if (Math.abs(seconds) < limit) return ago.format(Math.round(seconds / (sizes[unit] ?? 1)), unit);
  return time(iso);
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export const short = (id: string) => id.slice(0, 8);

export const parentOf = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf("/")));

export const joined = (folder: string, name: string) => (folder === "/" ? `/${name}` : `${folder}/${name}`);
