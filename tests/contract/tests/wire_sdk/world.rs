//! A place, and the SDKs' clients with its endpoint.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::ExecutionStatus;
use local::{Place, Settings};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long anything may take; far more than it does, since machines are slow.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) executions: aws_sdk_sfn::Client,
    pub(crate) tables: aws_sdk_dynamodb::Client,
    pub(crate) tasks: aws_sdk_ecs::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
    pub(crate) functions: aws_sdk_lambda::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) keys: aws_sdk_kms::Client,
    pub(crate) queues: aws_sdk_sqs::Client,
    pub(crate) schedules: aws_sdk_scheduler::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        let place = Place::start(Settings::default()).await.unwrap();
        let config = config(&place.endpoint()).await;
        Self {
            place,
            executions: aws_sdk_sfn::Client::new(&config),
            tables: aws_sdk_dynamodb::Client::new(&config),
            tasks: aws_sdk_ecs::Client::new(&config),
            events: aws_sdk_eventbridge::Client::new(&config),
            functions: aws_sdk_lambda::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            keys: aws_sdk_kms::Client::new(&config),
            queues: aws_sdk_sqs::Client::new(&config),
            schedules: aws_sdk_scheduler::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
        }
    }

    /// Creates a state machine that starts at the state of that name.
    pub(crate) async fn machine(&self, name: &str, start: &str, states: Value) -> String {
        let definition = json!({"QueryLanguage": "JSONata", "StartAt": start, "States": states});
        self.executions
            .create_state_machine()
            .name(name)
            .definition(definition.to_string())
            .role_arn(ROLE)
            .send()
            .await
            .unwrap()
            .state_machine_arn
    }

    /// Starts an execution.
    pub(crate) async fn run(&self, machine: &str, input: &Value) -> String {
        self.executions
            .start_execution()
            .state_machine_arn(machine)
            .input(input.to_string())
            .send()
            .await
            .unwrap()
            .execution_arn
    }

    /// The execution as it is described once it runs no more.
    pub(crate) async fn ended(&self, execution: &str) -> DescribeExecutionOutput {
        let began = Instant::now();
        loop {
            let described = self
                .executions
                .describe_execution()
                .execution_arn(execution)
                .send()
                .await
                .unwrap();
            if described.status != ExecutionStatus::Running {
                return described;
            }
            assert!(began.elapsed() < PATIENCE, "{execution} still runs");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A table with the key `pk`.
    pub(crate) async fn table(&self, name: &str) {
        let key = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash)
            .build()
            .unwrap();
        let attribute = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap();
        self.tables
            .create_table()
            .table_name(name)
            .key_schema(key)
            .attribute_definitions(attribute)
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await
            .unwrap();
    }

    /// The end of every story: the place answers no more and its processes are gone.
    pub(crate) async fn end(self) {
        let endpoint = self.place.endpoint();
        let address = endpoint.trim_start_matches("http://").to_owned();
        self.place.shutdown().await;
        assert!(
            tokio::net::TcpStream::connect(address).await.is_err(),
            "something still answers at {endpoint}"
        );
    }
}

/// Any role will do: the place checks none.
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/test";

async fn config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::from_static(local::REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .load()
        .await
}

/// Polls until the answer is there.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, look: impl Fn() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
