/** The frame of the page: who is logged in, where one can go, and what is shown. */
import { ActionIcon, Alert, AppShell, Badge, Burger, Button, Center, Code, Group, Loader, Menu, NavLink, Paper, PasswordInput, ScrollArea, Stack, Text, Title, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconActivity, IconAlertTriangle, IconArrowsExchange, IconDatabase, IconDevices, IconFolder, IconGitMerge, IconListCheck, IconPlayerPause, IconPlayerPlay, IconSearch, IconSettings, IconSunMoon, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { findSession, logIn, loggedOut, logOut, post } from "./api/client";
import { useLive } from "./api/live";
import { filesAddress, useAction, useNode } from "./api/queries";
import type { Session } from "./api/types";
import { FilesPage } from "./files/FilesPage";
import { ActivityPage } from "./pages/ActivityPage";
import { ConflictsPage } from "./pages/ConflictsPage";
import { JobsPage } from "./pages/JobsPage";
import { PeersPage } from "./pages/PeersPage";
import { RulesPage } from "./pages/RulesPage";
import { SearchPage } from "./pages/SearchPage";
import { SettingsPage } from "./pages/SettingsPage";
import { TrashPage } from "./pages/TrashPage";
import { VolumesPage } from "./pages/VolumesPage";
import { WelcomePage } from "./pages/WelcomePage";
import { t } from "./texts/en";

export function App() {
  const session = useQuery({ queryKey: ["session"], queryFn: findSession, staleTime: Number.POSITIVE_INFINITY });
  const queries = useQueryClient();
  useEffect(() => {
    const leave = () => queries.setQueryData(["session"], null);
    loggedOut.addEventListener("now", leave);
    return () => loggedOut.removeEventListener("now", leave);
  }, [queries]);
  if (session.isPending) return <Waiting />;
  if (session.isError) return <Unreachable onRetry={() => void session.refetch()} />;
  return session.data ? <Frame session={session.data} /> : <LogIn />;
}

function Waiting() {
  return (
    <Center component="main" h="100%">
      <Loader aria-label={t.loading} />
    </Center>
  );
}

function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <Center component="main" h="100%">
      <Stack align="center">
        <Title order={1} size="h3">PeerDrive</Title>
        <Text>{t.unreachable}</Text>
        <Button onClick={onRetry}>{t.retry}</Button>
      </Stack>
    </Center>
  );
}

function LogIn() {
  const [secret, setSecret] = useState("");
  const queries = useQueryClient();
  const enter = useAction(logIn, (session: Session) => queries.setQueryData(["session"], session));
  const submit = (e: FormEvent) => {
    e.preventDefault();
    enter.mutate(secret);
  };
  return (
    <Center component="main" mih="100%" p="md">
      <Paper withBorder p="xl" maw={460} component="form" onSubmit={submit}>
        <Stack>
          <Title order={1} size="h3">{t.logInTitle}</Title>
          <Text>{t.logInHow}</Text>
          <Code block>peerdrive open</Code>
          <PasswordInput label={t.logInToken} aria-label={t.token} value={secret} onChange={(e) => setSecret(e.currentTarget.value)} autoComplete="off" />
          <Button type="submit" disabled={!secret.trim()} loading={enter.isPending}>{t.logIn}</Button>
        </Stack>
      </Paper>
    </Center>
  );
}

function Frame({ session }: { session: Session }) {
  const [isOpen, menu] = useDisclosure();
  const [here] = useLocation();
  const isThere = useLive();
  const node = useNode();
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: ["node"] });
  const pause = useAction((isPaused: boolean) => post(isPaused ? "resume" : "pause", { volume: null }), refresh);
  const leave = useAction(logOut, () => queries.setQueryData(["session"], null));
  const { setColorScheme } = useMantineColorScheme();
  const status = node.data;
  const conflicts = status?.volumes.reduce((sum, volume) => sum + volume.conflicts, 0) ?? 0;
  const running = status?.jobs.filter((job) => job.state === "running").length ?? 0;
  const isPaused = status?.paused.all ?? false;
  const first = status?.volumes[0];
  const places = [
    { to: first ? filesAddress(first.id, "/") : "/files", begins: "/files", label: t.files, icon: IconFolder },
    { to: "/search", begins: "/search", label: t.search, icon: IconSearch },
    { to: "/conflicts", begins: "/conflicts", label: t.conflicts, icon: IconGitMerge, count: conflicts },
    { to: "/trash", begins: "/trash", label: t.trash, icon: IconTrash },
    { to: "/activity", begins: "/activity", label: t.activity, icon: IconActivity },
    { to: "/peers", begins: "/peers", label: t.peers, icon: IconDevices },
    { to: "/jobs", begins: "/jobs", label: t.jobs, icon: IconListCheck, count: running },
    { to: "/volumes", begins: "/volumes", label: t.volumes, icon: IconDatabase },
    { to: "/rules", begins: "/rules", label: t.rules, icon: IconArrowsExchange },
    { to: "/settings", begins: "/settings", label: t.settings, icon: IconSettings },
  ];
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: !isOpen } }} padding={0}>
      <a className="skip" href="#content">{t.skip}</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} />
            <img src="/icon.svg" alt="" width={24} height={24} />
            <Text fw={700}>PeerDrive</Text>
            <Text className="dim name" size="sm" visibleFrom="xs">{session.deviceName}</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {isPaused && <Badge color="yellow" autoContrast>{t.jobStates.paused}</Badge>}
            <ActionIcon variant="default" size="lg" aria-label={isPaused ? t.resumeAll : t.pauseAll} title={isPaused ? t.resumeAll : t.pauseAll} onClick={() => pause.mutate(isPaused)}>
              {isPaused ? <IconPlayerPlay size={18} /> : <IconPlayerPause size={18} />}
            </ActionIcon>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size="lg" aria-label={t.theme} title={t.theme}><IconSunMoon size={18} /></ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setColorScheme("light")}>{t.light}</Menu.Item>
                <Menu.Item onClick={() => setColorScheme("dark")}>{t.dark}</Menu.Item>
                <Menu.Item onClick={() => setColorScheme("auto")}>{t.system}</Menu.Item>
                <Menu.Divider />
                <Menu.Item onClick={() => leave.mutate(undefined)}>{t.logOut}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t.main}>
        <AppShell.Section grow component={ScrollArea}>
          {places.map((place) => (
            <NavLink
              key={place.label}
              component={Link}
              href={place.to}
              label={place.label}
              active={here.startsWith(place.begins)}
              onClick={menu.close}
              leftSection={<place.icon size={18} aria-hidden />}
              rightSection={place.count ? <Badge size="sm" circle={place.count < 10}>{place.count}</Badge> : null}
            />
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" h="100dvh" style={{ display: "flex", flexDirection: "column", overflow: "hidden" }}>
        {!isThere && <Alert color="red" radius={0} icon={<IconAlertTriangle />} p="xs">{t.notThere}</Alert>}
        {status?.problems.map((problem) => <Alert key={problem} color="red" radius={0} p="xs" icon={<IconAlertTriangle />}>{problem}</Alert>)}
        <div style={{ flex: 1, minHeight: 0, overflow: "auto", position: "relative" }} tabIndex={-1}>
          {!status ? (
            <Center h="100%"><Loader aria-label={t.loading} /></Center>
          ) : (
            <Switch>
              <Route path="/">{first ? <VolumesPage /> : <WelcomePage />}</Route>
              <Route path="/files">{first ? <Redirect to={filesAddress(first.id, "/")} replace /> : <WelcomePage />}</Route>
              <Route path="/files/:volume/*?">{(at) => <FilesPage key={at.volume} id={at.volume} />}</Route>
              <Route path="/search"><SearchPage /></Route>
              <Route path="/conflicts"><ConflictsPage /></Route>
              <Route path="/trash"><TrashPage /></Route>
              <Route path="/activity"><ActivityPage /></Route>
              <Route path="/peers"><PeersPage /></Route>
              <Route path="/jobs"><JobsPage /></Route>
              <Route path="/volumes"><VolumesPage /></Route>
              <Route path="/rules"><RulesPage /></Route>
              <Route path="/settings"><SettingsPage /></Route>
              <Route path="/welcome"><WelcomePage /></Route>
              <Route><Text p="md">{t.nothingHere}</Text></Route>
            </Switch>
          )}
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
