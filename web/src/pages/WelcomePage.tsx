/** The first things to do on a node: share a folder, join, or begin with nothing. */
import { Button, Paper, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { post } from "../api/client";
import { useAction, useFolder } from "../api/queries";
import { View } from "../shared/View";
import { t } from "../texts/en";

const lastPart = (path: string) => path.replace(/\/+$/, "").split("/").at(-1) ?? "";

export function WelcomePage() {
  return (
    <View title={t.welcome}>
      <Text>{t.welcomeText}</Text>
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        <ShareFolder />
        <Join />
        <EmptyVolume />
      </SimpleGrid>
    </View>
  );
}

function useStart<T>(act: (input: T) => Promise<string>) {
  const queries = useQueryClient();
  const { go } = useFolder();
  return useAction(act, async (volume) => {
    await queries.invalidateQueries({ queryKey: ["node"] });
    go(volume, "/");
  });
}

function ShareFolder() {
  const [directory, setDirectory] = useState("");
  const [name, setName] = useState("");
  const start = useStart(async () => {
    const made = await post<{ id: string }>("volumes", { name: name || lastPart(directory), withRecoveryKey: false });
    await post("links", { volume: made.id, folder: "/", directory: directory.trim(), space: "keep", ignore: [], force: false });
    return made.id;
  });
  return (
    <Choice title={t.startNew} text={t.startNewText} action={t.share} isReady={directory.trim() !== ""} isBusy={start.isPending} onSubmit={() => start.mutate(undefined)}>
      <TextInput label={t.directory} description={t.directoryHint} value={directory} onChange={(e) => setDirectory(e.currentTarget.value)} />
      <TextInput label={t.name} placeholder={lastPart(directory)} value={name} onChange={(e) => setName(e.currentTarget.value)} />
    </Choice>
  );
}

function Join() {
  const [ticket, setTicket] = useState("");
  const [directory, setDirectory] = useState("");
  const start = useStart(async () => (await post<{ volume: string }>("join", { ticket: ticket.trim(), directory: directory.trim() || null, space: "keep" })).volume);
  return (
    <Choice title={t.joinTitle} text={t.joinText} action={t.join} isReady={ticket.trim() !== ""} isBusy={start.isPending} onSubmit={() => start.mutate(undefined)}>
      <Textarea label={t.ticket} autosize minRows={2} maxRows={6} value={ticket} onChange={(e) => setTicket(e.currentTarget.value)} />
      <TextInput label={t.joinInto} value={directory} onChange={(e) => setDirectory(e.currentTarget.value)} />
    </Choice>
  );
}

function EmptyVolume() {
  const [name, setName] = useState("");
  const start = useStart(async () => (await post<{ id: string }>("volumes", { name: name.trim(), withRecoveryKey: false })).id);
  return (
    <Choice title={t.emptyVolume} text={t.emptyVolumeText} action={t.create} isReady={name.trim() !== ""} isBusy={start.isPending} onSubmit={() => start.mutate(undefined)}>
      <TextInput label={t.name} value={name} onChange={(e) => setName(e.currentTarget.value)} />
    </Choice>
  );
}

function Choice({ title, text, action, isReady, isBusy, onSubmit, children }: { title: string; text: string; action: string; isReady: boolean; isBusy: boolean; onSubmit: () => void; children: ReactNode }) {
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onSubmit();
  };
  return (
    <Paper withBorder p="md" component="form" aria-label={title} onSubmit={submit}>
      <Stack h="100%">
        <Title order={2} size="h5">{title}</Title>
        <Text size="sm" className="dim">{text}</Text>
        {children}
        <Button type="submit" mt="auto" disabled={!isReady} loading={isBusy}>{action}</Button>
      </Stack>
    </Paper>
  );
}
