/** Who changed what, when and where, as it happens. */
import { Anchor, Box, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { filesAddress, useActivity, useNode } from "../api/queries";
import { parentOf, since, time } from "../shared/format";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";

export function ActivityPage() {
  const node = useNode();
  const [limit, setLimit] = useState(100);
  const [volume, setVolume] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const volumes = node.data?.volumes.filter((known) => !volume || known.id === volume) ?? [];
  const activity = useActivity(volumes, limit);
  const wanted = filter.trim().toLowerCase();
  const shown = activity.data?.filter((change) => !wanted || `${change.path} ${change.person} ${change.device} ${change.comment}`.toLowerCase().includes(wanted)) ?? [];
  return (
    <View
      title={t.activity}
      actions={
        <>
          <Select size="xs" clearable placeholder={t.volumes} aria-label={t.volumes} value={volume} onChange={setVolume} data={node.data?.volumes.map((known) => ({ value: known.id, label: known.name })) ?? []} />
          <TextInput size="xs" placeholder={t.filter} aria-label={t.filter} value={filter} onChange={(e) => setFilter(e.currentTarget.value)} />
        </>
      }
    >
      {activity.data && shown.length === 0 && <Empty>{t.noActivity}</Empty>}
      <Stack component="ul" gap={0} m={0} p={0} style={{ listStyle: "none" }}>
        {shown.map((change, i) => (
          <Box component="li" key={`${change.changeset}-${i}`} py={8} style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
            <Text size="sm" className="name">
              <b>{t.byOn(change.person, change.device)}</b> {t.changeKinds[change.kind] ?? change.kind}{" "}
              {change.path && <Anchor component={Link} underline="always" href={filesAddress(change.volume.id, parentOf(change.path))}>{change.path}</Anchor>}
              {change.from && change.from !== change.path && <span className="dim"> ← {change.from}</span>}
            </Text>
            <Text size="xs" className="dim name" title={time(change.time)}>{since(change.time)} · {change.volume.name}{change.comment ? ` · ${change.comment}` : ""}</Text>
          </Box>
        ))}
      </Stack>
      {(activity.data?.length ?? 0) >= limit && <Group justify="center"><Button variant="default" onClick={() => setLimit(limit + 200)}>{t.more}</Button></Group>}
    </View>
  );
}
