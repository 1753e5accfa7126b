/** Goes back in a volume's time: a slider over its changes, and a field for any moment. */
import { Button, Group, Slider, TextInput } from "@mantine/core";
import { useState } from "react";
import { useChanges } from "../api/queries";
import { time } from "../shared/format";
import { t } from "../texts/en";

const steps = 500;

export function TimeSlider({ volume, value, onChange }: { volume: string; value: string; onChange: (moment: string) => void }) {
  const changes = useChanges(volume, "/", steps);
  const moments = [...new Set(changes.data?.changes.map((change) => change.time) ?? [])].sort();
  const last = moments.length;
  const [place, setPlace] = useState<number | null>(null);
  const chosen = place ?? last;
  const label = (at: number) => (at >= last ? t.now : time(moments[at]!));
  const local = value ? new Date(new Date(value).getTime() - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 19) : "";
  return (
    <Group px="md" pb="xs" gap="md" wrap="nowrap">
      <Slider style={{ flex: 1 }} min={0} max={last} value={chosen} label={label} thumbLabel={t.moment} onChange={setPlace} onChangeEnd={(at) => onChange(at >= last ? "" : moments[at]!)} disabled={last === 0} />
      <TextInput type="datetime-local" step={1} size="xs" aria-label={t.moment} value={local} onChange={(e) => onChange(e.currentTarget.value ? new Date(e.currentTarget.value).toISOString() : "")} />
      <Button size="xs" variant="default" disabled={!value} onClick={() => { setPlace(null); onChange(""); }}>{t.now}</Button>
    </Group>
  );
}
