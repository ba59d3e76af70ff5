//! The place as a server: executions a second over the wire, what an execution that
//! waits costs, what a place costs that does nothing, and how soon it is ready.
//!
//! The place is the real command in a process of its own; another server that speaks
//! the same protocol can stand in its stead (moto's, see `moto`). Clients are plain
//! connections that are kept open, each with one call at a time, in this process.

use crate::process::Memory;
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Pass, Choice, Pass, Task answered at once, Choice, Succeed.
pub const SIX_STATES: &str = include_str!("six-states.asl.json");
/// The same states in JSONPath, for servers that know no JSONata.
pub const SIX_STATES_JSONPATH: &str = include_str!("six-states-jsonpath.asl.json");

/// A server of AWS's protocols, in a process of its own.
pub struct Server {
    child: Child,
    address: String,
    /// From the process's start until it was ready.
    pub ready: Duration,
}

impl Server {
    /// `jit-runners up`, with `--data` where a folder is given.
    ///
    /// # Errors
    /// It does not start.
    pub async fn place(program: &Path, data: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["up", "--port", "0"]);
        if let Some(folder) = data {
            command.arg("--data").arg(folder);
        }
        let began = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let output = child.stdout.take().context("the output is piped")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            let Some((_, address)) = line.split_once("is ready at http://") else {
                continue;
            };
            let server = Self {
                child,
                address: address.trim().to_owned(),
                ready: began.elapsed(),
            };
            // What it says later is nobody's; the pipe stays open.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(server);
        }
        bail!("{} ended before it was ready", program.display())
    }

    /// moto's server, told to run state machines, where its command is `program`.
    ///
    /// # Errors
    /// It does not start.
    pub async fn moto(program: &Path) -> Result<Self> {
        // It cannot choose one itself.
        let free = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = free.local_addr()?.port();
        drop(free);
        let began = Instant::now();
        let child = Command::new(program)
            .args(["-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let address = format!("127.0.0.1:{port}");
        while TcpStream::connect(&address).await.is_err() {
            ensure!(began.elapsed() < PATIENCE, "moto never listens");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let server = Self {
            child,
            address,
            ready: began.elapsed(),
        };
        let run = json!({"stepfunctions": {"execute_state_machine": true}});
        let mut client = server.client().await?;
        client.post("/moto-api/config", "", &run).await?;
        Ok(server)
    }

    /// Its memory.
    ///
    /// # Errors
    /// It is gone.
    pub fn memory(&self) -> Result<Memory> {
        let id = self.child.id().context("the server is gone")?;
        Memory::of(i32::try_from(id)?)
    }

    /// A connection of its own.
    ///
    /// # Errors
    /// It does not listen.
    pub async fn client(&self) -> Result<Client> {
        Client::connect(&self.address).await
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// One connection with one call at a time.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    closed: bool,
}

impl Client {
    /// `AWSStepFunctions.StartExecution` and the like.
    ///
    /// # Errors
    /// The answer is no, with its document, or there is none.
    pub async fn call(&mut self, target: &str, input: &Value) -> Result<Value> {
        // Some servers tell the service by the credential's scope.
        let service = match target.split_once('.') {
            Some(("AWSStepFunctions", _)) => "states",
            _ => "dynamodb",
        };
        let headers = format!(
            "X-Amz-Target: {target}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n"
        );
        let answer = self.post("/", &headers, input).await;
        answer.with_context(|| format!("{target} was refused"))
    }

    async fn post(&mut self, path: &str, headers: &str, input: &Value) -> Result<Value> {
        let body = input.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len(),
        );
        // A server that closes its connections gets new ones.
        if self.closed {
            *self = Self::connect(&self.host).await?;
        }
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).unwrap_or_default().to_owned();
        self.closed = line.starts_with("HTTP/1.0");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            if line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
            if name.eq_ignore_ascii_case("connection") {
                self.closed = value.trim() == "close";
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await?;
        let answer = serde_json::from_slice(&answer).unwrap_or(Value::Null);
        if !["200", "201"].contains(&status.as_str()) {
            return Err(anyhow!("{status} {answer}"));
        }
        Ok(answer)
    }

    async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host: address.to_owned(),
            closed: false,
        })
    }
}

/// Makes the table that the six states read from, and a machine; its ARN.
///
/// # Errors
/// The server refuses the definition.
pub async fn prepare(server: &Server, definition: &str) -> Result<String> {
    let mut client = server.client().await?;
    let table = json!({
        "TableName": "bench", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    });
    client.call("DynamoDB_20120810.CreateTable", &table).await?;
    let item = json!({"TableName": "bench", "Item": {"pk": {"S": "a"}, "size": {"N": "2"}}});
    client.call("DynamoDB_20120810.PutItem", &item).await?;
    machine(&mut client, "bench", definition).await
}

async fn machine(client: &mut Client, name: &str, definition: &str) -> Result<String> {
    let input = json!({"name": name, "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/bench"});
    let made = client
        .call("AWSStepFunctions.CreateStateMachine", &input)
        .await?;
    let arn = made["stateMachineArn"].as_str();
    Ok(arn.context("a machine has an ARN")?.to_owned())
}

/// Executions a second: `clients` start `size` of them together, until all have
/// succeeded.
///
/// # Errors
/// A call is refused, or an execution does not succeed.
pub async fn throughput(
    server: &Server,
    machine: &str,
    clients: usize,
    size: usize,
) -> Result<f64> {
    let left = Arc::new(AtomicUsize::new(size));
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let mut client = server.client().await?;
        let left = Arc::clone(&left);
        let mut input =
            json!({"stateMachineArn": machine, "input": "{\"kind\": \"small\", \"n\": 3}"});
        let next = move || {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
        };
        running.spawn(async move {
            while let Ok(number) = next() {
                input["name"] = json!(format!("execution-{number}"));
                client
                    .call("AWSStepFunctions.StartExecution", &input)
                    .await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    let mut client = server.client().await?;
    let count = async |client: &mut Client, status: &str| {
        let input = json!({"stateMachineArn": machine, "statusFilter": status, "maxResults": 1});
        let listed = client.call("AWSStepFunctions.ListExecutions", &input);
        anyhow::Ok(listed.await?["executions"].as_array().map_or(0, Vec::len))
    };
    while count(&mut client, "RUNNING").await? > 0 {
        ensure!(began.elapsed() < PATIENCE, "executions never end");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = began.elapsed().as_secs_f64();
    for status in ["FAILED", "TIMED_OUT", "ABORTED"] {
        ensure!(
            count(&mut client, status).await? == 0,
            "an execution ended {status}"
        );
    }
    Ok(size as f64 / took)
}

/// What `size` executions that wait add to the server's memory, in bytes each.
///
/// # Errors
/// A call is refused.
pub async fn waiting(server: &Server, size: usize) -> Result<f64> {
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "Size",
        "States": {
            "Size": {"Type": "Pass", "Assign": {"job": "{% $states.input %}"}, "Next": "Rest"},
            "Rest": {"Type": "Wait", "Seconds": 86_400, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    });
    let mut client = server.client().await?;
    let machine = machine(&mut client, "waits", &definition.to_string()).await?;
    let before = server.memory()?.resident;
    let padding = "x".repeat(110);
    for number in 0..size {
        let input = json!({"job": number, "text": padding}).to_string();
        let input = json!({"stateMachineArn": machine, "input": input});
        client
            .call("AWSStepFunctions.StartExecution", &input)
            .await?;
    }
    let grown = (server.memory()?.resident - before) * 1024;
    Ok(grown as f64 / size as f64)
}
