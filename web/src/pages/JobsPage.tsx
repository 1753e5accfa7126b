/** What takes its time. */
import { Badge, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { at, post } from "../api/client";
import { useAction, useNode, useRefresh } from "../api/queries";
import type { Job } from "../api/types";
import { bytes, duration, number } from "../shared/format";
import { Empty, View } from "../shared/View";
import { t } from "../texts/en";

export function JobsPage() {
  const node = useNode();
  return (
    <View title={t.jobs}>
      {node.data?.jobs.length === 0 && <Empty>{t.noJobs}</Empty>}
      {node.data?.jobs.map((job) => <JobView key={job.id} job={job} />)}
    </View>
  );
}

function JobView({ job }: { job: Job }) {
  const act = useAction((action: string) => post(at("jobs", job.id, action)), useRefresh());
  const show = (value: number) => (job.unit === "bytes" ? bytes(value) : `${number(value)} ${job.unit}`);
  const [isRunning, isPaused] = [job.state === "running", job.state === "paused"];
  const percent = job.total > 0 ? (100 * job.done) / job.total : job.state === "done" ? 100 : 0;
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text className="name" fw={600}>{job.kind} · {job.title}</Text>
          <Group gap="xs">
            <Badge color={job.state === "failed" ? "#b02525" : isRunning ? "blue.9" : "#5c636a"}>{t.jobStates[job.state] ?? job.state}</Badge>
            {isRunning && <Button size="compact-sm" variant="default" onClick={() => act.mutate("pause")}>{t.pause}</Button>}
            {isPaused && <Button size="compact-sm" onClick={() => act.mutate("resume")}>{t.resume}</Button>}
            {(isRunning || isPaused) && <Button size="compact-sm" variant="default" onClick={() => act.mutate("cancel")}>{t.cancel}</Button>}
          </Group>
        </Group>
        <Progress value={percent} animated={isRunning} aria-label={job.title} />
        <Text size="sm" className="dim">
          {show(job.done)}{job.total > 0 ? ` / ${show(job.total)}` : ""}{job.perSecond > 0 ? ` · ${show(job.perSecond)}/s` : ""}{job.secondsLeft ? ` · ${t.left(duration(job.secondsLeft))}` : ""}
        </Text>
        {job.problem && <Text size="sm" c="red">{job.problem}</Text>}
      </Stack>
    </Paper>
  );
}
