import { TextField } from "../../parts/field.tsx";

/** As the server asks for it; it says so itself where it is not held. */
const LEAST_CHARACTERS = 10;

export interface PersonFields {
  name: string;
  email: string;
  password: string;
}

export const NOBODY: PersonFields = { name: "", email: "", password: "" };

interface PersonInputsProps {
  fields: PersonFields;
  set: (fields: PersonFields) => void;
  emailHint?: string;
}

export function PersonInputs({ fields, set, emailHint }: PersonInputsProps) {
  const wired = (name: keyof PersonFields) => ({
    name,
    required: true,
    value: fields[name],
    onChange: (event: { target: { value: string } }) => set({ ...fields, [name]: event.target.value }),
  });
  return (
    <>
      <TextField label="Name" autoComplete="name" {...wired("name")} />
      <TextField label="Email" type="email" autoComplete="username" hint={emailHint} {...wired("email")} />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        minLength={LEAST_CHARACTERS}
        hint={`At least ${LEAST_CHARACTERS} characters.`}
        {...wired("password")}
      />
    </>
  );
}
