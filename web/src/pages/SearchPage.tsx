/** Search in all volumes, as one types. */
import { Alert, Anchor, Badge, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { filesAddress, useSearch } from "../api/queries";
import { bytes, parentOf, time } from "../shared/format";
import { FileIcon } from "../shared/FileIcon";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";

export function SearchPage() {
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query, 120);
  const answer = useSearch(asked);
  const matches = asked.trim() ? answer.data?.matches : undefined;
  return (
    <View title={t.search}>
      <TextInput size="md" autoFocus leftSection={<IconSearch size={18} aria-hidden />} placeholder={t.searchHint} aria-label={t.search} value={query} onChange={(e) => setQuery(e.currentTarget.value)} />
      <div aria-live="polite">
        {!asked.trim() && <Empty>{t.searchStart}</Empty>}
        {asked.trim() && answer.isError && <Alert color="yellow">{answer.error.message}</Alert>}
        {matches && !answer.isError && <Text size="sm" className="dim">{matches.length === 0 ? t.searchNone : t.found(answer.data?.total ?? 0)} {answer.data?.isPartial && t.partial}</Text>}
      </div>
      <Stack gap="xs">
        {matches?.map(({ volume, volumeId, entry, snippet, isDeleted }) => (
          <Paper key={volumeId + entry.entry} withBorder p="sm">
            <Group wrap="nowrap" gap="sm">
              <FileIcon kind={entry.kind} name={entry.name} />
              <div style={{ minWidth: 0, flex: 1 }}>
                <Group gap="xs" wrap="nowrap">
                  <Anchor component={Link} className="name" href={filesAddress(volumeId, entry.kind === "folder" ? entry.path : parentOf(entry.path))}>{entry.name}</Anchor>
                  {isDeleted && <Badge size="xs" color="#5c636a">{t.wasDeleted}</Badge>}
                </Group>
                <Text size="xs" className="dim name">{volume}:{entry.path}{entry.kind === "file" ? ` · ${bytes(entry.size)} · ${time(entry.modified)}` : ""}</Text>
                {snippet && <Text size="sm" lineClamp={2}>{snippet}</Text>}
              </div>
            </Group>
          </Paper>
        ))}
      </Stack>
    </View>
  );
}
