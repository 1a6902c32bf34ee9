import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

interface DialogProps {
  title: string;
  children: ReactNode;
  onClose: () => void;
  /** False = what it shows is shown once: Escape and the cross do nothing. */
  canClose?: boolean;
  isWide?: boolean;
}

/** The browser's own modal dialog: focus stays inside and returns, Escape closes, the rest is inert. */
export function Dialog({ title, children, onClose, canClose = true, isWide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    // The first thing to fill in, rather than the cross in front of it.
    dialog?.querySelector<HTMLElement>("form :is(input, select, textarea)")?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (canClose) onClose();
      }}
      className={`panel max-h-[90dvh] w-[calc(100vw-2rem)] overflow-y-auto p-5 shadow-xl ${isWide ? "max-w-3xl" : "max-w-lg"}`}
    >
      <div className="mb-4 flex items-start justify-between gap-4">
        <h2 id={id} className="text-lg">
          {title}
        </h2>
        {canClose && (
          <Button kind="quiet" icon="close" onClick={onClose} className="-mt-1 -mr-2 px-2">
            <span className="sr-only">Close</span>
          </Button>
        )}
      </div>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  isBusy: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, action, isBusy, error, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-4">
        <div>{children}</div>
        {error && (
          <p role="alert" className="text-bad">
            {error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
