/** The volumes of this node: what is in them, who is a member, what is kept here, and invitations. */
import { Alert, Anchor, Badge, Button, Code, CopyButton, Group, Modal, Paper, Progress, Select, Stack, Table, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { at, post, remove } from "../api/client";
import { filesAddress, useAction, useNode } from "../api/queries";
import type { Member, Volume } from "../api/types";
import { bytes, time } from "../shared/format";
import { QrCode } from "../shared/QrCode";
import { View } from "../shared/View";
import { t } from "../texts/en";
import { VolumeSettings } from "./VolumeSettings";

export function VolumesPage() {
  const node = useNode();
  return (
    <View title={t.volumes} actions={<Button size="xs" component={Link} href="/welcome">{t.newVolume}</Button>}>
      {node.data?.volumes.map((volume) => <VolumeCard key={volume.id} volume={volume} />)}
    </View>
  );
}

function stateOf(volume: Volume): string {
  if (volume.missingChangesets > 0) return t.behind(volume.missingChangesets);
  if (volume.missingContents > 0) return t.missing(volume.missingContents);
  return volume.members.flatMap((member) => member.devices).length < 2 ? t.alone : t.inStep;
}

function VolumeCard({ volume }: { volume: Volume }) {
  const [isInviting, setInviting] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const queries = useQueryClient();
  const expel = useAction((member: Member) => remove(at("volumes", volume.id, "members", member.person)), () => {
    setLeaving(null);
    void queries.invalidateQueries({ queryKey: ["node"] });
  });
  const kind = volume.policy.split(":")[0]!;
  const isOwner = volume.role === "owner";
  return (
    <Paper withBorder p="md" component="section" aria-label={volume.name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs"><Anchor component={Link} href={filesAddress(volume.id, "/")} fw={700} size="lg">{volume.name}</Anchor><Badge variant="outline">{volume.role}</Badge><Badge color={volume.isInSync ? "#1f6b2d" : "blue.9"}>{stateOf(volume)}</Badge></Group>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setChanging(true)}>{t.settings}</Button>
            <Button size="xs" disabled={!isOwner} onClick={() => setInviting(true)}>{t.invite}</Button>
          </Group>
        </Group>
        {volume.problems.map((problem) => <Alert key={problem} color="red" p="xs">{problem}</Alert>)}
        {volume.checkpoint && <Text size="sm">{t.verified(volume.checkpoint.device, Math.floor(100 * volume.checkpoint.progress))}</Text>}
        <Text size="sm">{t.filesIn(volume.files, volume.folders)}, {bytes(volume.bytes)}</Text>
        <Text size="sm">{t.policy}: {t.policies[kind]}{kind === "cache" ? ` (${volume.policy.slice(6)})` : ""} · {t.retention}: {volume.retention === "keep-all" ? t.keepAll : volume.retention}</Text>
        {volume.links.map((link) => <Text key={link.id} size="sm" style={{ overflowWrap: "anywhere" }}>{t.linked}: {link.directory} {link.problem && <Text span c="red">{link.problem}</Text>}</Text>)}
        <DiskUse volume={volume} />
        <div>
          <Title order={3} size="h6">{t.members}</Title>
          <Table fz="sm"><Table.Tbody>
            {volume.members.map((member) => (
              <Table.Tr key={member.person}>
                <Table.Td className="name">{member.name}</Table.Td>
                <Table.Td>{member.role}</Table.Td>
                <Table.Td>{member.devices.map((device) => device.name).join(", ")}</Table.Td>
                <Table.Td ta="end">{isOwner && member.role !== "owner" && <Button size="compact-xs" variant="default" onClick={() => setLeaving(member)}>{t.remove}</Button>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody></Table>
        </div>
      </Stack>
      {isChanging && <VolumeSettings volume={volume} onClose={() => setChanging(false)} />}
      {isInviting && <Invitation volume={volume} onClose={() => setInviting(false)} />}
      <Modal opened={leaving !== null} onClose={() => setLeaving(null)} title={t.removeMember(leaving?.name ?? "")} closeButtonProps={{ "aria-label": t.close }}>
        <Stack>
          <Text size="sm">{t.removeMemberText}</Text>
          <Group justify="flex-end"><Button variant="default" onClick={() => setLeaving(null)}>{t.cancel}</Button><Button color="#b02525" onClick={() => leaving && expel.mutate(leaving)}>{t.remove}</Button></Group>
        </Stack>
      </Modal>
    </Paper>
  );
}

function DiskUse({ volume }: { volume: Volume }) {
  const use = volume.diskUse;
  if (!use) return null;
  const total = Math.max(1, use.current + use.history + use.trash + use.reclaimable);
  const parts = [[t.current, use.current, "blue.8"], [t.history, use.history, "grape.8"], [t.inTrash, use.trash, "orange.8"], [t.reclaimable, use.reclaimable, "gray.6"]] as const;
  return (
    <div>
      <Progress.Root size="lg" aria-label={t.diskUse}>{parts.map(([label, size, color]) => <Progress.Section key={label} value={(100 * size) / total} color={color} aria-label={label} />)}</Progress.Root>
      <Text size="xs" className="dim" mt={4}>{t.diskUse}: {parts.map(([label, size]) => `${label} ${bytes(size)}`).join(" · ")}</Text>
    </div>
  );
}

function Invitation({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  const [role, setRole] = useState("writer");
  const invite = useAction(() => post<{ ticket: string; expires: string }>(at("volumes", volume.id, "tickets"), { role, expiresSeconds: 86_400, addresses: [] }));
  return (
    <Modal opened onClose={onClose} title={t.inviteTitle(volume.name)} size="lg" closeButtonProps={{ "aria-label": t.close }}>
      {invite.data ? (
        <Stack>
          <Text size="sm">{t.inviteText}</Text>
          <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{`peerdrive join ${invite.data.ticket}`}</Code>
          <Group justify="space-between">
            <Text size="sm" className="dim">{t.expires(time(invite.data.expires))}</Text>
            <CopyButton value={invite.data.ticket}>{({ copied, copy }) => <Button onClick={copy}>{copied ? t.copied : t.copy}</Button>}</CopyButton>
          </Group>
          <QrCode text={invite.data.ticket} />
        </Stack>
      ) : (
        <Stack>
          <Select label={t.inviteRole} allowDeselect={false} value={role} onChange={(to) => setRole(to ?? role)} data={[{ value: "writer", label: t.roleWriter }, { value: "reader", label: t.roleReader }, { value: "owner", label: t.roleOwner }]} />
          <Button loading={invite.isPending} onClick={() => invite.mutate(undefined)}>{t.makeTicket}</Button>
        </Stack>
      )}
    </Modal>
  );
}
