/** A page with a title. */
import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function View({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Stack p="md" gap="md" maw={1200}>
      <Group justify="space-between">
        <Title order={1} size="h3">{title}</Title>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <Text className="dim" py="xl" ta="center">{children}</Text>;
}
