/** What was deleted, of all volumes, and can be brought back. */
import { Button, Table, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { at, post } from "../api/client";
import { useAction, useNode, useTrash } from "../api/queries";
import type { Deleted, Volume } from "../api/types";
import { bytes, time } from "../shared/format";
import { done } from "../shared/notes";
import { Empty, View } from "../shared/View";
import { WideTable } from "../shared/WideTable";
import { t } from "../texts/en";

export function TrashPage() {
  const node = useNode();
  return <View title={t.trash}>{node.data?.volumes.map((volume) => <TrashOf key={volume.id} volume={volume} />)}</View>;
}

function TrashOf({ volume }: { volume: Volume }) {
  const trash = useTrash(volume.id);
  const queries = useQueryClient();
  const undelete = useAction((gone: Deleted) => post(at("volumes", volume.id, "undelete"), { path: null, entry: gone.entry }), (_, gone) => {
    done(t.restored(gone.name));
    void queries.invalidateQueries({ queryKey: ["volume", volume.id] });
  });
  return (
    <section aria-label={volume.name}>
      <Title order={2} size="h5" mb="xs">{volume.name}</Title>
      {trash.data?.length === 0 && <Empty>{t.trashEmpty}</Empty>}
      {(trash.data?.length ?? 0) > 0 && (
        <WideTable minWidth={520}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t.name}</Table.Th><Table.Th>{t.deletedFrom}</Table.Th><Table.Th>{t.size}</Table.Th><Table.Th>{t.modified}</Table.Th><Table.Th><span hidden>{t.undelete}</span></Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {trash.data?.slice(0, 500).map((gone) => (
                <Table.Tr key={gone.entry}>
                  <Table.Td className="name" maw={240}>{gone.name}</Table.Td>
                  <Table.Td className="name dim" maw={300}>{gone.path}</Table.Td>
                  <Table.Td>{gone.kind === "folder" ? "" : bytes(gone.size)}</Table.Td>
                  <Table.Td>{time(gone.modified)}</Table.Td>
                  <Table.Td><Button size="compact-sm" variant="default" disabled={volume.role === "reader"} onClick={() => undelete.mutate(gone)}>{t.undelete}</Button></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </WideTable>
      )}
    </section>
  );
}
