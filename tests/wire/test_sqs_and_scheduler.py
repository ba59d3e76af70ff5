"""SQS and the EventBridge Scheduler over boto3's core."""

from conftest import ROLE, pages, refused, until

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:scheduled"


def test_queues(aws):
    sqs = aws.sqs
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    refused("QueueNameExists", sqs.create_queue, QueueName="q", Attributes={"VisibilityTimeout": "5"})
    refused("InvalidAttributeName", sqs.create_queue, QueueName="p", Attributes={"Lost": "1"})
    refused("InvalidAttributeValue", sqs.create_queue, QueueName="p", Attributes={"VisibilityTimeout": "x"})
    refused("InvalidParameterValue", sqs.create_queue, QueueName="a b")
    refused("MissingParameter", sqs.create_queue)
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url
    none = url[:-1] + "none"
    refused("QueueDoesNotExist", sqs.get_queue_url, QueueName="none")
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "30"
    refused("InvalidAttributeName", sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Lost"])
    for number in range(3):
        sqs.create_queue(QueueName=f"paged-{number}")
    listed, count = pages(sqs, "list_queues", "QueueUrls", 2, QueueNamePrefix="paged")
    assert len(listed) == 3 and count == 2
    sent = sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes={"k": {"DataType": "String", "StringValue": "v"}})
    refused("InvalidMessageContents", sqs.send_message, QueueUrl=url, MessageBody="\x01")
    got = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MessageAttributeNames=["All"], WaitTimeSeconds=1)["Messages"][0]
    assert got["MessageId"] == sent["MessageId"] and got["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    at = dict(QueueUrl=url, ReceiptHandle=got["ReceiptHandle"])
    sqs.change_message_visibility(**at, VisibilityTimeout=60)
    refused("InvalidParameterValue", sqs.change_message_visibility, **at, VisibilityTimeout=43201)
    sqs.change_message_visibility(**at, VisibilityTimeout=0)
    refused("MessageNotInflight", sqs.change_message_visibility, **at, VisibilityTimeout=1)
    sqs.delete_message(**at)
    refused("ReceiptHandleIsInvalid", sqs.delete_message, QueueUrl=url, ReceiptHandle="none")
    refused("ReceiptHandleIsInvalid", sqs.change_message_visibility, QueueUrl=url, ReceiptHandle="none", VisibilityTimeout=1)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.purge_queue(QueueUrl=url)
    gone = dict(QueueUrl=none)
    for call, more in [
        (sqs.get_queue_attributes, {}), (sqs.send_message, {"MessageBody": "x"}), (sqs.receive_message, {}), (sqs.purge_queue, {}),
        (sqs.delete_message, {"ReceiptHandle": "x"}), (sqs.change_message_visibility, {"ReceiptHandle": "x", "VisibilityTimeout": 1}), (sqs.delete_queue, {}),
    ]:
        refused("QueueDoesNotExist", call, **gone, **more)
    sqs.delete_queue(QueueUrl=url)


def test_schedules(aws):
    scheduler = aws.scheduler
    given = dict(Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, State="DISABLED", Target={"Arn": MACHINE, "RoleArn": ROLE, "Input": "{}"})
    arn = scheduler.create_schedule(**given)["ScheduleArn"]
    refused("ConflictException", scheduler.create_schedule, **given)
    refused("ResourceNotFoundException", scheduler.create_schedule, **{**given, "Name": "t", "GroupName": "none"})
    refused("ValidationException", scheduler.create_schedule, **{**given, "Name": "t", "ScheduleExpression": "every(1)"})
    refused("ValidationException", scheduler.create_schedule, "'name'", **{**given, "Name": "x" * 65})
    told = scheduler.get_schedule(Name="s")
    assert told["Arn"] == arn and told["State"] == "DISABLED" and told["Target"]["RetryPolicy"]
    refused("ResourceNotFoundException", scheduler.get_schedule, Name="none")
    refused("ValidationException", scheduler.get_schedule, Name="a b")
    scheduler.update_schedule(**{**given, "Description": "d"})
    refused("ResourceNotFoundException", scheduler.update_schedule, **{**given, "Name": "none"})
    refused("ValidationException", scheduler.update_schedule, **{**given, "ScheduleExpression": "every(1)"})
    for number in range(3):
        scheduler.create_schedule(**{**given, "Name": f"paged-{number}"})
    listed, count = pages(scheduler, "list_schedules", "Schedules", 2, NamePrefix="paged")
    assert [one["Name"] for one in listed] == ["paged-0", "paged-1", "paged-2"] and count == 2
    refused("ValidationException", scheduler.list_schedules, NextToken="nobody's")
    refused("ResourceNotFoundException", scheduler.list_schedules, GroupName="none")
    scheduler.delete_schedule(Name="s")
    refused("ResourceNotFoundException", scheduler.delete_schedule, Name="s")
    refused("ValidationException", scheduler.delete_schedule, Name="a b")
