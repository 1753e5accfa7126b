/** Which columns the list has. */
import { ActionIcon, Checkbox, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import { IconColumns } from "@tabler/icons-react";
import { useFieldNames } from "../api/queries";
import { t } from "../texts/en";
import { knownKeys, type useColumns } from "./columns";

export function ColumnMenu({ volume, shown }: { volume: string; shown: ReturnType<typeof useColumns> }) {
  const labels: Record<string, string> = { size: t.size, modified: t.modified, here: t.here, kind: t.kind, mode: t.permissions };
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" aria-label={t.columns} title={t.columns}><IconColumns size={18} /></ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={6}>
          {knownKeys.map((key) => <Checkbox key={key} size="xs" label={labels[key]} checked={shown.keys.includes(key)} onChange={() => shown.toggle(key)} />)}
          <Fields volume={volume} shown={shown} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Fields({ volume, shown }: { volume: string; shown: ReturnType<typeof useColumns> }) {
  const fields = useFieldNames(volume).data ?? [];
  // What documents of this volume have comes first.
  const names = [...fields].sort((a, b) => Number(b.isUsed) - Number(a.isUsed)).map((field) => field.name);
  return (
    <>
      <Text size="xs" className="dim">{t.fields}</Text>
      <ScrollArea.Autosize mah={240} viewportProps={{ tabIndex: 0, "aria-label": t.fields, role: "group" }}>
        <Stack gap={6}>{[...new Set([...shown.fields, ...names])].map((name) => <Checkbox key={name} size="xs" label={name} checked={shown.keys.includes(name)} onChange={() => shown.toggle(name)} />)}</Stack>
      </ScrollArea.Autosize>
    </>
  );
}
