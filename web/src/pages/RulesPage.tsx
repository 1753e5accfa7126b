/** Rules that keep folders of two volumes in step: what they did, what they stumbled over, and new ones. */
import { Alert, Anchor, Badge, Button, Group, Modal, Paper, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { at, post, remove } from "../api/client";
import { filesAddress, useAction, useNode, useRefresh, useRules } from "../api/queries";
import type { Rule, Volume } from "../api/types";
import { number, parentOf, time } from "../shared/format";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";

export function RulesPage() {
  const rules = useRules();
  const volumes = useNode().data?.volumes ?? [];
  const [isAdding, setAdding] = useState(false);
  return (
    <View title={t.rules} actions={<Button size="xs" disabled={volumes.length < 2} onClick={() => setAdding(true)}>{t.newRule}</Button>}>
      <Text size="sm" className="dim">{t.rulesAbout}</Text>
      {rules.data?.length === 0 && <Empty>{volumes.length < 2 ? t.rulesNeedTwo : t.noRules}</Empty>}
      {rules.data?.map((rule) => <RuleView key={rule.rule} rule={rule} volumes={volumes} />)}
      {isAdding && <NewRule volumes={volumes} onClose={() => setAdding(false)} />}
    </View>
  );
}

function Place({ volume, path, isFile, volumes }: { volume: string; path: string; isFile: boolean; volumes: Volume[] }) {
  const id = volumes.find((known) => known.name === volume)?.id;
  const text = `${volume}:${path}`;
  return id ? <Anchor component={Link} href={filesAddress(id, isFile ? parentOf(path) : path)} fw={600} style={{ overflowWrap: "anywhere" }}>{text}</Anchor> : <Text fw={600}>{text}</Text>;
}

function RuleView({ rule, volumes }: { rule: Rule; volumes: Volume[] }) {
  const refresh = useRefresh();
  const act = useAction((action: string) => post(at("rules", rule.rule, action)), refresh);
  const settle = useAction(({ path, take }: { path: string; take: string }) => post(at("rules", rule.rule, "settle"), { path, take }), refresh);
  const end = useAction(() => remove(at("rules", rule.rule)), refresh);
  const isPaused = rule.state === "paused";
  return (
    <Paper withBorder p="md" component="section" aria-label={`${rule.sourceVolume}:${rule.sourcePath}`}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Place volume={rule.sourceVolume} path={rule.sourcePath} isFile={rule.isFile} volumes={volumes} />
            <Text span aria-label={t.directions[rule.direction]}>{rule.direction === "two-way" ? "⇄" : "→"}</Text>
            <Place volume={rule.targetVolume} path={rule.targetPath} isFile={rule.isFile} volumes={volumes} />
            <Badge color={rule.problems.length > 0 || rule.failure ? "#b02525" : isPaused ? "#5c636a" : "#1f6b2d"}>{t.ruleStates[rule.state] ?? rule.state}</Badge>
          </Group>
          <Group gap="xs">
            <Button size="compact-sm" variant="default" loading={act.isPending} onClick={() => act.mutate("run")}>{t.runNow}</Button>
            <Button size="compact-sm" variant="default" onClick={() => act.mutate(isPaused ? "resume" : "pause")}>{isPaused ? t.resume : t.pause}</Button>
            <Button size="compact-sm" variant="default" onClick={() => end.mutate(undefined)}>{t.remove}</Button>
          </Group>
        </Group>
        <Text size="sm" className="dim">
          {t.directions[rule.direction]} · {t.strategies[rule.strategy]}{rule.lastRun ? ` · ${t.lastRun(time(rule.lastRun), number(rule.changed))}` : ""}
          {rule.only.length > 0 && ` · ${t.only}: ${rule.only.join(", ")}`}{rule.except.length > 0 && ` · ${t.except}: ${rule.except.join(", ")}`}
        </Text>
        {rule.failure && <Alert color="red" p="xs">{rule.failure}</Alert>}
        {rule.problems.length > 0 && (
          <Stack gap="xs">
            {rule.problems.map((problem) => (
              <Group key={problem.volume + problem.path} justify="space-between" gap="xs">
                <Text size="sm" style={{ overflowWrap: "anywhere", flex: "1 1 260px" }}>{problem.volume}:{problem.path}<Text span display="block" size="xs" className="dim">{problem.message}</Text></Text>
                <Group gap={4}>
                  {(["source", "target", "merge", "skip"] as const).map((take) => <Button key={take} size="compact-xs" variant="default" onClick={() => settle.mutate({ path: problem.path, take })}>{t.takes[take]}</Button>)}
                </Group>
              </Group>
            ))}
          </Stack>
        )}
        {rule.skipped.length > 0 && <Text size="sm">{t.leftOut}: {rule.skipped.map((path) => <Button key={path} size="compact-xs" variant="default" mr={4} onClick={() => settle.mutate({ path, take: "unskip" })}>{path} ×</Button>)}</Text>}
      </Stack>
    </Paper>
  );
}

function NewRule({ volumes, onClose }: { volumes: Volume[]; onClose: () => void }) {
  const refresh = useRefresh();
  const [source, setSource] = useState(volumes[0]?.id ?? "");
  const [target, setTarget] = useState(volumes[1]?.id ?? "");
  const [[sourcePath, targetPath], setPaths] = useState<[string, string]>(["/", "/"]);
  const [direction, setDirection] = useState("one-way");
  const [strategy, setStrategy] = useState("fast-forward");
  const [only, setOnly] = useState<string[]>([]);
  const [except, setExcept] = useState<string[]>([]);
  const add = useAction(
    () => post<Rule>("rules", { sourceVolume: source, sourcePath, targetVolume: target, targetPath, direction, strategy, isPaused: false, only, except }),
    () => {
      refresh();
      onClose();
    },
  );
  const submit = (e: FormEvent) => {
    e.preventDefault();
    add.mutate(undefined);
  };
  const choices = volumes.map((volume) => ({ value: volume.id, label: volume.name }));
  const named = (texts: Record<string, string>) => Object.entries(texts).map(([value, label]) => ({ value, label }));
  return (
    <Modal opened onClose={onClose} title={t.newRule} size="lg" closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Group grow align="flex-end">
            <Select label={t.source} data={choices} allowDeselect={false} value={source} onChange={(to) => to && setSource(to)} />
            <TextInput label={t.folder} value={sourcePath} onChange={(e) => setPaths([e.currentTarget.value, targetPath])} />
          </Group>
          <Group grow align="flex-end">
            <Select label={t.target} data={choices} allowDeselect={false} value={target} onChange={(to) => to && setTarget(to)} />
            <TextInput label={t.folder} value={targetPath} onChange={(e) => setPaths([sourcePath, e.currentTarget.value])} />
          </Group>
          <Select label={t.direction} data={named(t.directions)} allowDeselect={false} value={direction} onChange={(to) => to && setDirection(to)} />
          <Select label={t.strategy} data={named(t.strategies)} allowDeselect={false} value={strategy} onChange={(to) => to && setStrategy(to)} />
          <TagsInput label={t.only} description={t.patterns} value={only} onChange={setOnly} />
          <TagsInput label={t.except} description={t.patterns} value={except} onChange={setExcept} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>{t.cancel}</Button>
            <Button type="submit" loading={add.isPending} disabled={!source || !target}>{t.create}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
