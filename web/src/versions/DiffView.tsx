/** What differs between two versions. */
import { Loader, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { at, get } from "../api/client";
import type { Diff } from "../api/types";
import { t } from "../texts/en";

export function DiffView({ volume, path, before, after }: { volume: string; path: string; before?: string; after: string }) {
  const diff = useQuery({ queryKey: ["volume", volume, "diff", path, before ?? "", after], queryFn: () => get<Diff>(at("volumes", volume, "diff"), { path, before, after }) });
  if (diff.isPending) return <Loader size="sm" aria-label={t.loading} />;
  if (diff.isError) return <Text c="red">{diff.error.message}</Text>;
  return (
    <Stack gap="xs">
      {diff.data.fields.length > 0 && (
        <Table fz="xs" layout="fixed">
          <Table.Thead><Table.Tr><Table.Th /><Table.Th>{t.before}</Table.Th><Table.Th>{t.after}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {diff.data.fields.map((field) => (
              <Table.Tr key={field.field}>
                <Table.Td>{field.field}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{field.before}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{field.after}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {diff.data.text ? <DiffText text={diff.data.text} /> : <Text size="sm" className="dim">{t.noText}</Text>}
    </Stack>
  );
}

/** A text in unified form, each line coloured by its sign. */
export function DiffText({ text }: { text: string }) {
  const kind = (line: string) => (line.startsWith("@@") ? "diff-place" : line.startsWith("+") ? "diff-add" : line.startsWith("-") ? "diff-remove" : undefined);
  return (
    <pre className="text" tabIndex={0}>
      {text.split("\n").map((line, i) => <div key={i} className={kind(line)}>{line || " "}</div>)}
    </pre>
  );
}
