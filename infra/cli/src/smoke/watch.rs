//! Watches a throw-away run from every side until it is over, then gathers the
//! evidence again and again until it is whole or nothing more can come.

use super::Options;
use super::deployment::Deployment;
use super::hub::Hub;
use super::live::Live;
use super::throwaway::Throwaway;
use crate::evidence::{
    Check, Execution, JobEvidence, SeenJob, arns_since, execution as read_execution, put_together,
};
use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use github::JobInfo;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How far GitHub's clock, AWS's and this machine's may be apart.
const CLOCKS: TimeDelta = TimeDelta::minutes(2);
/// How long logs and lists of deliveries may lag behind.
const LAG: Duration = Duration::from_secs(60);
/// How long a refused delivery may wait for a better one.
const HOPELESS: Duration = Duration::from_secs(10);
/// The jobs of the throw-away workflow.
const JOBS: usize = 2;

/// Everything seen so far.
pub(super) struct Watch<'a> {
    deployment: &'a Deployment,
    hub: &'a Hub,
    throwaway: &'a Throwaway,
    since: DateTime<Utc>,
    run: Option<u64>,
    jobs: Vec<JobInfo>,
    /// When each job was first seen as queued.
    queued: BTreeMap<u64, DateTime<Utc>>,
    executions: BTreeMap<String, Execution>,
    /// Executions of other jobs.
    others: BTreeSet<String>,
    /// The statuses of each task, as they were seen.
    statuses: BTreeMap<String, Vec<String>>,
    deliveries: BTreeMap<u64, Vec<u16>>,
    shown: BTreeMap<u64, String>,
}

impl<'a> Watch<'a> {
    /// Of what happens from now on.
    pub(super) fn new(deployment: &'a Deployment, hub: &'a Hub, throwaway: &'a Throwaway) -> Self {
        Self {
            deployment,
            hub,
            throwaway,
            since: Utc::now() - CLOCKS,
            run: None,
            jobs: Vec::new(),
            queued: BTreeMap::new(),
            executions: BTreeMap::new(),
            others: BTreeSet::new(),
            statuses: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Whether everything was over in time. False where time ran out, or where
    /// nothing more can come.
    pub(super) async fn until_over(&mut self, options: &Options, live: &Live) -> Result<bool> {
        let began = Instant::now();
        let mut hopeless: Option<(Instant, String)> = None;
        loop {
            self.look().await?;
            self.show(live);
            let over = self.jobs.len() == JOBS
                && self.jobs.iter().all(|job| job.status == "completed")
                && self.executions.values().all(|one| one.status != "RUNNING")
                && self.jobs.iter().all(|job| self.execution(job.id).is_some());
            if over {
                return Ok(true);
            }
            match (self.hopeless().await?, &hopeless) {
                (None, _) => hopeless = None,
                (Some(why), None) => hopeless = Some((Instant::now(), why)),
                (Some(why), Some((since, _))) if since.elapsed() > HOPELESS => {
                    live.say(&format!("No runner will come: {why}."));
                    return Ok(false);
                }
                (Some(_), Some(_)) => {}
            }
            if began.elapsed() > options.timeout {
                live.say(&format!(
                    "Not over after {} s: --timeout gives it longer.",
                    options.timeout.as_secs()
                ));
                return Ok(false);
            }
            tokio::time::sleep(options.poll).await;
        }
    }

    /// Looks at all sides once. A side that does not answer this time is asked
    /// again the next time, except for Step Functions, which everything hangs on.
    async fn look(&mut self) -> Result<()> {
        self.look_at_jobs().await;
        if let Ok(deliveries) = self.hub.deliveries(self.since).await {
            self.deliveries = deliveries;
        }
        self.look_at_executions().await?;
        self.look_at_tasks().await
    }

    async fn look_at_jobs(&mut self) {
        let repository = self.hub.repository();
        if self.run.is_none() {
            let branch = self.throwaway.branch();
            let runs = self.hub.user.runs_of_branch(repository, &branch).await;
            self.run = runs.ok().and_then(|runs| Some(runs.first()?.id));
        }
        let Some(run) = self.run else {
            return;
        };
        if let Ok(jobs) = self.hub.user.jobs_of_run(repository, run).await {
            self.jobs = jobs;
            self.jobs.sort_by_key(|job| job.id);
        }
        for job in &self.jobs {
            // A delivery named queued is GitHub's own word for it as well.
            if job.status == "queued" || self.deliveries.contains_key(&job.id) {
                let at = job.created_at.unwrap_or_else(Utc::now);
                self.queued.entry(job.id).or_insert(at);
            }
        }
    }

    async fn look_at_executions(&mut self) -> Result<()> {
        let client = &self.deployment.clients.executions;
        let machine = &self.deployment.state_machine;
        for arn in arns_since(client, machine, Some(self.since)).await? {
            let known = self.executions.get(&arn);
            if self.others.contains(&arn) || known.is_some_and(|one| one.status != "RUNNING") {
                continue;
            }
            let execution = read_execution(client, &arn).await?;
            if self.jobs.iter().any(|job| job.id == execution.job_id) {
                self.executions.insert(arn, execution);
            } else if self.jobs.len() == JOBS {
                self.others.insert(arn);
            }
        }
        Ok(())
    }

    async fn look_at_tasks(&mut self) -> Result<()> {
        let tasks: Vec<&String> = self
            .executions
            .values()
            .flat_map(|execution| &execution.tasks)
            .collect();
        if tasks.is_empty() {
            return Ok(());
        }
        let described = self
            .deployment
            .clients
            .tasks
            .describe_tasks()
            .cluster(self.deployment.names.fleet())
            .set_tasks(Some(tasks.into_iter().cloned().collect()))
            .send()
            .await
            .context("DescribeTasks failed")?;
        for task in described.tasks() {
            let (Some(arn), Some(status)) = (task.task_arn(), task.last_status()) else {
                continue;
            };
            let seen = self.statuses.entry(arn.to_owned()).or_default();
            if seen.last().is_none_or(|last| last != status) {
                seen.push(status.to_owned());
            }
        }
        Ok(())
    }

    /// Of several executions of a job, the one that minted answered for it.
    fn execution(&self, job: u64) -> Option<&Execution> {
        let mut ours: Vec<&Execution> = self
            .executions
            .values()
            .filter(|execution| execution.job_id == job)
            .collect();
        ours.sort_by_key(|execution| execution.started);
        let minted = ours
            .iter()
            .find(|execution| execution.runner_name.is_some());
        minted.or(ours.last()).copied()
    }

    /// Why no execution can come any more, where that is plain.
    async fn hopeless(&self) -> Result<Option<String>> {
        if self.jobs.len() < JOBS || !self.executions.is_empty() {
            return Ok(None);
        }
        let answers: Vec<u16> = self
            .jobs
            .iter()
            .flat_map(|job| self.deliveries.get(&job.id).into_iter().flatten())
            .copied()
            .collect();
        let all_refused = !answers.is_empty()
            && self
                .jobs
                .iter()
                .all(|job| self.deliveries.contains_key(&job.id))
            && answers.iter().all(|status| !(200..300).contains(status));
        if all_refused {
            return Ok(Some(format!(
                "GitHub's deliveries were answered with {answers:?} (0: not at all)"
            )));
        }
        Ok(self.deployment.rule().await?.err())
    }

    /// A line for each job that has changed.
    fn show(&mut self, live: &Live) {
        for job in &self.jobs {
            let mut line = format!("{} [{}]  {}", job.name, job.labels.join(", "), job.status);
            if let Some(execution) = self.execution(job.id) {
                let id = execution.arn.rsplit(':').next().unwrap_or_default();
                let short: String = id.chars().take(8).collect();
                let state = execution.states.last().map_or("", String::as_str);
                line.push_str(&format!("  execution {short} {state}"));
                if let Some(runner) = &execution.runner_name {
                    line.push_str(&format!("  runner {runner}"));
                }
                let status = execution
                    .tasks
                    .last()
                    .and_then(|task| self.statuses.get(task)?.last());
                if let Some(status) = status {
                    line.push_str(&format!("  task {status}"));
                }
                if let Some(error) = &execution.error {
                    line.push_str(&format!("  {error}"));
                }
            } else if let Some(answers) = self.deliveries.get(&job.id) {
                line.push_str(&format!("  delivery {answers:?}"));
            }
            if let Some(conclusion) = &job.conclusion {
                line.push_str(&format!("  {conclusion}"));
            }
            if self.shown.get(&job.id) != Some(&line) {
                live.say(&line);
                self.shown.insert(job.id, line);
            }
        }
    }

    /// The evidence, once every check of it holds, or once no lag can explain
    /// any more that one does not.
    pub(super) async fn settled(
        &mut self,
        options: &Options,
        checks: &dyn Fn(&[JobEvidence]) -> Vec<Check>,
    ) -> Result<Vec<JobEvidence>> {
        let began = Instant::now();
        // What never started leaves nothing that could lag.
        let lag = if self.executions.is_empty() {
            Duration::ZERO
        } else {
            LAG.min(options.timeout)
        };
        loop {
            self.look().await?;
            let jobs = self.gather().await?;
            let whole = checks(&jobs).iter().all(|check| check.holds);
            if whole || began.elapsed() >= lag {
                return Ok(jobs);
            }
            tokio::time::sleep(options.poll).await;
        }
    }

    async fn gather(&self) -> Result<Vec<JobEvidence>> {
        let rule = self.deployment.rule().await?;
        let mut all = Vec::new();
        for job in &self.jobs {
            let execution = self.execution(job.id);
            let task = execution.and_then(|execution| execution.tasks.last());
            let runner = execution.and_then(|execution| execution.runner_name.as_ref());
            let ran_in = self
                .executions
                .values()
                .find(|one| one.runner_name.is_some() && one.runner_name == job.runner_name)
                .and_then(|one| one.tasks.last());
            let started_by_event = execution.is_some_and(|one| one.event_id.is_some());
            let seen = SeenJob {
                job_id: job.id,
                run_attempt: job.run_attempt,
                name: job.name.clone(),
                labels: job.labels.clone(),
                queued_at: self.queued.get(&job.id).copied(),
                delivery_statuses: self.deliveries.get(&job.id).cloned().unwrap_or_default(),
                // EventBridge keeps no record of matches: the rule leads to the
                // machine, and the execution's input is an event of the bus.
                rule: rule.clone().ok().filter(|_| started_by_event),
                runner_removed: match runner {
                    Some(name) => self.hub.runner_is_gone(name).await.unwrap_or(false),
                    None => false,
                },
                task_statuses: task
                    .and_then(|task| self.statuses.get(task).cloned())
                    .unwrap_or_default(),
                conclusion: job.conclusion.clone(),
                ran_on: job.runner_name.clone(),
                task_log: match ran_in {
                    Some(task) => self.task_log(task).await?,
                    None => Vec::new(),
                },
                job_log: self
                    .hub
                    .user
                    .job_log(self.hub.repository(), job.id)
                    .await
                    .unwrap_or_default(),
            };
            let deployment = self.deployment;
            let evidence =
                put_together(&deployment.clients, &deployment.names, seen, execution).await?;
            all.push(evidence);
        }
        Ok(all)
    }

    /// The lines of a task's log; none while there is no such stream.
    async fn task_log(&self, task: &str) -> Result<Vec<String>> {
        let id = task.rsplit('/').next().unwrap_or_default();
        let mut lines = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self
                .deployment
                .logs
                .get_log_events()
                .log_group_name(self.deployment.names.task_log_group())
                .log_stream_name(format!("runner/runner/{id}"))
                .start_from_head(true)
                .set_next_token(token.clone())
                .send()
                .await;
            let page = match page {
                Ok(page) => page,
                Err(error) => {
                    let error = error.into_service_error();
                    if error.is_resource_not_found_exception() {
                        return Ok(lines);
                    }
                    return Err(error).context("GetLogEvents failed");
                }
            };
            lines.extend(
                page.events()
                    .iter()
                    .filter_map(|event| event.message().map(str::to_owned)),
            );
            // The same token again is the end.
            if page.next_forward_token.is_none() || page.next_forward_token == token {
                return Ok(lines);
            }
            token = page.next_forward_token;
        }
    }
}
