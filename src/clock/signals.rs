//! The signals that ask the program to end.

/// Listens for them, from [`Signals::listen`] on. In place of ending the program at once they are given to whoever
/// waits, also after this is gone.
pub struct Signals {
    streams: Option<Streams>,
}

#[cfg(unix)]
type Streams = [(u8, tokio::signal::unix::Signal); 2];

#[cfg(windows)]
type Streams = (
    tokio::signal::windows::CtrlC,
    tokio::signal::windows::CtrlBreak,
    tokio::signal::windows::CtrlClose,
    tokio::signal::windows::CtrlShutdown,
);

impl Signals {
    /// Listens from now on; inside a runtime. Where the system does not let it, the signals keep their default, which is
    /// to end the program.
    pub fn listen() -> Self {
        #[cfg(windows)]
        {
            use std::sync::OnceLock;
            // What nobody listens to any more would end the program by itself again, also while it replaces a file.
            static LISTENING: OnceLock<Option<Streams>> = OnceLock::new();
            LISTENING.get_or_init(|| streams().ok());
        }
        Self { streams: streams().ok() }
    }

    /// Waits for one, and gives its number, or that of its like on other systems.
    pub async fn next(&mut self) -> u8 {
        match &mut self.streams {
            Some(streams) => first(streams).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
fn streams() -> std::io::Result<Streams> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok([(2, signal(SignalKind::interrupt())?), (15, signal(SignalKind::terminate())?)])
}

#[cfg(unix)]
async fn first([(two, interrupt), (fifteen, terminate)]: &mut Streams) -> u8 {
    tokio::select! {
        _ = interrupt.recv() => *two,
        _ = terminate.recv() => *fifteen,
    }
}

#[cfg(windows)]
fn streams() -> std::io::Result<Streams> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    Ok((ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?))
}

#[cfg(windows)]
async fn first((interrupt, interrupt_too, close, shutdown): &mut Streams) -> u8 {
    tokio::select! {
        _ = interrupt.recv() => 2,
        _ = interrupt_too.recv() => 2,
        _ = close.recv() => 15,
        _ = shutdown.recv() => 15,
    }
}
