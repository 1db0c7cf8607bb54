"use client";

import type { UserItem } from "@/lib/users/user-schema";
import { clusterName } from "@/lib/auth/cluster-name";
import { Field, Input } from "../ui/field";
import { Select } from "../ui/select";
import { ROLE_OPTIONS } from "./roles";

/** A role as it is chosen, with the clusters as they are typed. */
export interface RoleChoice {
  readonly role: UserItem["role"];
  readonly clusterText: string;
}

interface RoleFieldsProps {
  readonly choice: RoleChoice;
  readonly onChange: (choice: RoleChoice) => void;
  readonly clusterProblem: string | undefined;
  /** Where sessions of this installation run. */
  readonly ownCluster: string;
  /** The OpenID provider decides the role. */
  readonly fixedRole?: boolean;
}

/** A role and, where it has any, its clusters. */
export function RoleFields(props: RoleFieldsProps) {
  const { choice, onChange, clusterProblem, ownCluster, fixedRole = false } = props;
  const hint = ROLE_OPTIONS.find(({ value }) => value === choice.role)?.hint;
  return (
    <>
      <Field
        label="Role"
        hint={fixedRole ? "Given at every sign-in by the OpenID provider." : `${hint ?? ""}.`}
      >
        <Select
          options={ROLE_OPTIONS}
          value={choice.role}
          disabled={fixedRole}
          onChange={(role) => onChange({ ...choice, role })}
        />
      </Field>
      {choice.role === "ops" && (
        <Field
          label="Clusters"
          error={clusterProblem}
          hint={`Their names, separated by commas. Sessions of this installation run in “${ownCluster}”.`}
        >
          <Input
            value={choice.clusterText}
            onChange={(event) => onChange({ ...choice, clusterText: event.target.value })}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Field>
      )}
    </>
  );
}

/** The clusters chosen, or null when one of them has no name a cluster can have. */
export function clustersOfChoice({ role, clusterText }: RoleChoice): string[] | null {
  if (role !== "ops") return [];
  const names = clusterText.split(/[\s,]+/).filter((name) => name !== "");
  return names.every((name) => clusterName.safeParse(name).success) ? [...new Set(names)] : null;
}

export const CLUSTER_PROBLEM =
  "Write each name with letters, digits, dots, hyphens and underscores, and commas between them.";
