/** The devices that share volumes with this one. */
import { Badge, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useNode } from "../api/queries";
import type { NodeStatus, Peer } from "../api/types";
import { bytes, since, time } from "../shared/format";
import { Empty, View } from "../shared/View";
import { WideTable } from "../shared/WideTable";
import { t } from "../texts/en";

export function PeersPage() {
  const node = useNode();
  const status = node.data;
  if (!status) return null;
  return (
    <View title={t.peers}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <OwnCard status={status} />
        {status.peers.map((peer) => <PeerCard key={peer.device} peer={peer} />)}
      </SimpleGrid>
      {status.peers.length === 0 && <Empty>{t.noPeers}</Empty>}
      {status.peers.length > 0 && <HolderMap status={status} />}
    </View>
  );
}

function OwnCard({ status }: { status: NodeStatus }) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between"><Title order={2} size="h5" className="name">{status.deviceName}</Title><Badge>{t.myDevice}</Badge></Group>
      <Text size="sm">{status.personName}</Text>
      <Text size="xs" className="dim" ff="monospace" style={{ overflowWrap: "anywhere" }}>{status.device}</Text>
      <Text size="xs" className="dim">{status.addresses.join(", ")}</Text>
    </Paper>
  );
}

function PeerCard({ peer }: { peer: Peer }) {
  return (
    <Paper withBorder p="md">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h5" className="name">{peer.name}</Title>
          <Badge color={peer.isOnline ? "#1f6b2d" : "#5c636a"}>{peer.isOnline ? t.online : t.offline}</Badge>
        </Group>
        <Text size="sm">{peer.personName}{peer.isOnline ? "" : ` · ${peer.lastSeen ? t.lastSeen(since(peer.lastSeen)) : t.never}`}</Text>
        {peer.via && <Text size="sm" className="dim">{t.via(peer.via)}</Text>}
        <Text size="xs" className="dim" title={peer.lastSeen ? time(peer.lastSeen) : ""}>{peer.addresses.join(", ")}</Text>
        <Text size="sm" className="dim">{t.sent} {bytes(peer.bytesSent)} · {t.received} {bytes(peer.bytesReceived)}</Text>
        {peer.lastProblem && <Text size="sm" c="red">{peer.lastProblem}</Text>}
        <Table fz="sm"><Table.Tbody>
          {peer.shares.map((share) => (
            <Table.Tr key={share.volume}>
              <Table.Td className="name">{share.name}</Table.Td>
              <Table.Td>{share.role}</Table.Td>
              <Table.Td>{share.isInStep === null ? t.unknown : share.isInStep ? t.inStep : t.behindBy(share.behind ?? 0)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody></Table>
      </Stack>
    </Paper>
  );
}

/** Volumes against devices: what each is to hold. */
function HolderMap({ status }: { status: NodeStatus }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" mb="xs">{t.map}</Title>
      <WideTable minWidth={420}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t.volumes}</Table.Th><Table.Th>{status.deviceName}</Table.Th>{status.peers.map((peer) => <Table.Th key={peer.device}>{peer.name}</Table.Th>)}</Table.Tr></Table.Thead>
          <Table.Tbody>
            {status.volumes.map((volume) => (
              <Table.Tr key={volume.id}>
                <Table.Th>{volume.name}</Table.Th>
                <Table.Td>{volume.policy}</Table.Td>
                {status.peers.map((peer) => <Table.Td key={peer.device}>{peer.shares.find((share) => share.volume === volume.id)?.policy ?? "–"}</Table.Td>)}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </WideTable>
    </Paper>
  );
}
