/** Who changed what, when and where, as it happens. */
import { Anchor, Button, Group, Select, Table, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { filesAddress, useActivity, useNode } from "../api/queries";
import { parentOf, since, time } from "../shared/format";
import { Empty, View } from "../shared/View";
import { WideTable } from "../shared/WideTable";
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
      {shown.length > 0 && (
        <WideTable minWidth={560}>
          <Table>
            <Table.Tbody>
              {shown.map((change, i) => (
                <Table.Tr key={`${change.changeset}-${i}`}>
                  <Table.Td title={time(change.time)} style={{ whiteSpace: "nowrap" }}>{since(change.time)}</Table.Td>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{t.byOn(change.person, change.device)}</Table.Td>
                  <Table.Td>{t.changeKinds[change.kind] ?? change.kind}</Table.Td>
                  <Table.Td className="name" maw={420}>
                    <Anchor component={Link} href={filesAddress(change.volume.id, parentOf(change.path || "/"))}>{change.path || "/"}</Anchor>
                    {change.from && change.from !== change.path && <span className="dim"> ← {change.from}</span>}
                    {change.comment && <span className="dim"> · {change.comment}</span>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
      {(activity.data?.length ?? 0) >= limit && <Group justify="center"><Button variant="default" onClick={() => setLimit(limit + 200)}>{t.more}</Button></Group>}
    </View>
  );
}
