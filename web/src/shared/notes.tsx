/** Short messages at the edge of the page. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Problem } from "../api/client";
import { t } from "../texts/en";

export function failed(error: unknown): void {
  const message = error instanceof Problem ? error.message || t.unreachable : String(error);
  notifications.show({ color: "red", title: t.failed, message, autoClose: 10_000 });
}

export function done(message: string, undo?: () => void): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: undo ? 12_000 : 4_000,
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {t.undo}
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}
