/** What holds for the whole node: who it is, where it is mounted, how fast it may exchange, and what is offered. */
import { ActionIcon, Alert, Badge, Button, Code, Group, NumberInput, Paper, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { post, remove } from "../api/client";
import { useAction, useLimits, useNode, useOffers, useRefresh } from "../api/queries";
import type { NodeStatus } from "../api/types";
import { bytes, number } from "../shared/format";
import { View } from "../shared/View";
import { WideTable } from "../shared/WideTable";
import { t } from "../texts/en";

export function SettingsPage() {
  const node = useNode().data;
  if (!node) return null;
  return (
    <View title={t.settings}>
      <Card title={t.thisNode}>
        <Table fz="sm">
          <Table.Tbody>
            {[[t.device, `${node.deviceName} · ${node.device}`], [t.person, node.personName], [t.addresses, node.addresses.join(", ") || "–"], [t.version, node.version], [t.memory, bytes(node.memoryBytes)]].map(([label, value]) => (
              <Table.Tr key={label}><Table.Th w={140}>{label}</Table.Th><Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      <Mount node={node} />
      <Limits node={node} />
      <Offers node={node} />
    </View>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h5">{title}</Title>
        {children}
      </Stack>
    </Paper>
  );
}

function Mount({ node }: { node: NodeStatus }) {
  const [directory, setDirectory] = useState("");
  const refresh = useRefresh();
  const mount = useAction(() => post("mount", { directory: directory.trim() || null }), refresh);
  const unmount = useAction(() => remove("mount"), refresh);
  const { directory: there, problem } = node.mount;
  return (
    <Card title={t.mount}>
      {problem && <Alert color="yellow" p="xs">{problem}</Alert>}
      {there ? (
        <Group><Text size="sm">{t.mountedAt}</Text><Code>{there}</Code><Button size="xs" variant="default" loading={unmount.isPending} onClick={() => unmount.mutate(undefined)}>{t.unmount}</Button></Group>
      ) : (
        <Group align="flex-end"><TextInput label={t.mountWhere} placeholder="~/PeerDrive" value={directory} onChange={(e) => setDirectory(e.currentTarget.value)} /><Button loading={mount.isPending} onClick={() => mount.mutate(undefined)}>{t.doMount}</Button></Group>
      )}
    </Card>
  );
}

function Limits({ node }: { node: NodeStatus }) {
  const limits = useLimits().data;
  const refresh = useRefresh();
  const [peer, setPeer] = useState("");
  const [[up, down], setRates] = useState<[number | string, number | string]>(["", ""]);
  const [[from, to], setTimes] = useState<[string, string]>(["", ""]);
  const set = useAction(
    () => post("limits", { peer: peer || null, up: rate(up), down: rate(down), from: from || null, to: to || null, days: null }),
    () => {
      setRates(["", ""]);
      refresh();
    },
  );
  const clear = useAction(() => remove("limits"), refresh);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    set.mutate(undefined);
  };
  return (
    <Card title={t.limits}>
      <Text size="sm" aria-live="off">{t.ratesNow(`${bytes(limits?.total.upPerSecond ?? 0)}/s`, `${bytes(limits?.total.downPerSecond ?? 0)}/s`)}</Text>
      {limits?.limits.length === 0 && <Text size="sm" className="dim">{t.noLimits}</Text>}
      {limits && limits.limits.length > 0 && (
        <WideTable minWidth={480}>
          <Table fz="sm">
            <Table.Thead><Table.Tr><Table.Th>{t.limitFor}</Table.Th><Table.Th>{t.sent}</Table.Th><Table.Th>{t.received}</Table.Th><Table.Th>{t.when}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {limits.limits.map((limit) => (
                <Table.Tr key={[limit.peer, limit.from, limit.to, limit.days].join()}>
                  <Table.Td>{limit.peerName ?? limit.peer ?? t.everybody}</Table.Td>
                  <Table.Td>{limit.up === null ? "–" : `${bytes(limit.up)}/s`}</Table.Td>
                  <Table.Td>{limit.down === null ? "–" : `${bytes(limit.down)}/s`}</Table.Td>
                  <Table.Td>{limit.from ? `${limit.from}–${limit.to}${limit.days ? ` ${limit.days}` : ""}` : t.always} {limit.isActive && <Badge size="xs" color="#1f6b2d">{t.active}</Badge>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
      <form onSubmit={submit}>
        <Group align="flex-end">
          <Select label={t.limitFor} w={180} allowDeselect={false} value={peer} onChange={(chosen) => setPeer(chosen ?? "")} data={[{ value: "", label: t.everybody }, ...node.peers.map((known) => ({ value: known.device, label: known.name }))]} />
          <NumberInput label={t.upKiB} w={130} min={1} value={up} onChange={(value) => setRates([value, down])} />
          <NumberInput label={t.downKiB} w={130} min={1} value={down} onChange={(value) => setRates([up, value])} />
          <TextInput label={t.from} w={90} placeholder="08:00" value={from} onChange={(e) => setTimes([e.currentTarget.value, to])} />
          <TextInput label={t.until} w={90} placeholder="18:00" value={to} onChange={(e) => setTimes([from, e.currentTarget.value])} />
          <Button type="submit" loading={set.isPending} disabled={rate(up) === null && rate(down) === null}>{t.setLimit}</Button>
          {limits && limits.limits.length > 0 && <Button variant="default" onClick={() => clear.mutate(undefined)}>{t.clearLimits}</Button>}
        </Group>
      </form>
    </Card>
  );
}

const rate = (kibibytes: number | string) => (typeof kibibytes === "number" && kibibytes > 0 ? Math.round(kibibytes * 1024) : null);

function Offers({ node }: { node: NodeStatus }) {
  const offers = useOffers().data ?? [];
  const refresh = useRefresh();
  const [directory, setDirectory] = useState("");
  const [group, setGroup] = useState(node.volumes[0]?.id ?? "");
  const offer = useAction(
    () => post("offers", { directory: directory.trim(), group, path: null }),
    () => {
      setDirectory("");
      refresh();
    },
  );
  const end = useAction((which: string) => remove("offers", { offer: which }), refresh);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    offer.mutate(undefined);
  };
  return (
    <Card title={t.offers}>
      <Text size="sm" className="dim">{t.offersAbout}</Text>
      {offers.length > 0 && (
        <WideTable minWidth={560}>
          <Table fz="sm">
            <Table.Tbody>
              {offers.map((known) => (
                <Table.Tr key={known.volume}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{known.group}:{known.path}{known.directory && <Text size="xs" className="dim">{known.directory}</Text>}{known.problem && <Text size="xs" c="red">{known.problem}</Text>}</Table.Td>
                  <Table.Td>{known.owner} · {known.device}</Table.Td>
                  <Table.Td>{t.filesCount(known.files)}, {bytes(known.bytes)}</Table.Td>
                  <Table.Td><Badge color={known.isOnline ? "#1f6b2d" : "#5c636a"}>{known.isOnline ? t.online : t.offline}</Badge></Table.Td>
                  <Table.Td ta="end">{known.isOwn && <ActionIcon variant="default" aria-label={t.endOffer(known.path)} title={t.endOffer(known.path)} onClick={() => end.mutate(known.directory ?? known.path)}><IconTrash size={16} /></ActionIcon>}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
      {node.volumes.length > 0 && (
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput label={t.directory} w={280} placeholder="/home/ada/Films" value={directory} onChange={(e) => setDirectory(e.currentTarget.value)} />
            <Select label={t.group} w={180} allowDeselect={false} value={group} onChange={(to) => setGroup(to ?? group)} data={node.volumes.map((volume) => ({ value: volume.id, label: `${volume.name} (${number(volume.members.length)})` }))} />
            <Button type="submit" disabled={!directory.trim()} loading={offer.isPending}>{t.doOffer}</Button>
          </Group>
        </form>
      )}
    </Card>
  );
}
